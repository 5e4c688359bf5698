from chatapp.spending.models.model_call import ModelCall
from chatapp.spending.models.shared_line import LineProcess, SharedLine

__all__ = ["LineProcess", "ModelCall", "SharedLine"]
