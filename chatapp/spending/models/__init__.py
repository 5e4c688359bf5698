from chatapp.spending.models.budget import Budget
from chatapp.spending.models.cap import Cap
from chatapp.spending.models.model_call import ModelCall, Purpose

__all__ = ["Budget", "Cap", "ModelCall", "Purpose"]
