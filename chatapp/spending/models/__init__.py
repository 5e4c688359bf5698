from chatapp.spending.models.model_call import ModelCall

__all__ = ["ModelCall"]
