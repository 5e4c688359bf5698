"""Talking to the model. Liftable: knows nothing of Django or of our database."""

from .catalog import Model, load_catalog
from .client import HttpTransport, InferenceClient, make_http_client
from .errors import InferenceError
from .service import Service
from .types import (
    ChatMessage,
    CompletionRequest,
    Delta,
    Finished,
    ImagePart,
    ReasoningDelta,
    Role,
    TextDelta,
    TextPart,
    Usage,
)

__all__ = [
    "ChatMessage",
    "CompletionRequest",
    "Delta",
    "Finished",
    "HttpTransport",
    "ImagePart",
    "InferenceClient",
    "InferenceError",
    "Model",
    "ReasoningDelta",
    "Role",
    "Service",
    "TextDelta",
    "TextPart",
    "Usage",
    "load_catalog",
    "make_http_client",
]
