from chatapp.spending.models.budget import Budget
from chatapp.spending.models.cap import Cap
from chatapp.spending.models.kept_sums import ChatSum, DaySum, SummedZone
from chatapp.spending.models.model_call import ModelCall, Purpose
from chatapp.spending.models.shared_line import LineProcess, SharedLine

__all__ = [
    "Budget",
    "Cap",
    "ChatSum",
    "DaySum",
    "LineProcess",
    "ModelCall",
    "Purpose",
    "SharedLine",
    "SummedZone",
]
