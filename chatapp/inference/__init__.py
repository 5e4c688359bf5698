"""Talk to the model service. Plain Python: imports neither Django nor our models."""

from .catalog import Model, load_catalog
from .client import InferenceClient
from .errors import InferenceError, TextBlocked
from .rate_limits import Quota, RateLimits
from .service import Service
from .transport import HttpTransport, make_http_client
from .types import (
    Adapted,
    ChatMessage,
    CompletionRequest,
    Delta,
    Finished,
    ImagePart,
    ReasoningDelta,
    Role,
    TextDelta,
    TextPart,
    Tool,
    ToolCallDelta,
    ToolCallPart,
    ToolResultPart,
    Usage,
    Waiting,
)

__all__ = [
    "Adapted",
    "ChatMessage",
    "CompletionRequest",
    "Delta",
    "Finished",
    "HttpTransport",
    "ImagePart",
    "InferenceClient",
    "InferenceError",
    "Model",
    "Quota",
    "RateLimits",
    "ReasoningDelta",
    "Role",
    "Service",
    "TextBlocked",
    "TextDelta",
    "TextPart",
    "Tool",
    "ToolCallDelta",
    "ToolCallPart",
    "ToolResultPart",
    "Usage",
    "Waiting",
    "load_catalog",
    "make_http_client",
]
