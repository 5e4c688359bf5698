"""What is known about a reply while it is made, and how it ended."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models


class Status(models.TextChoices):
    QUEUED = "queued"
    STREAMING = "streaming"
    WAITING = "waiting"  # for approval of a tool call; nobody makes it meanwhile
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


LENGTH = "length"  # the finish reason of a reply that reached its token limit
REFUSAL = "refusal"  # of one that the model declined, and would decline again
RUNNING = (Status.QUEUED, Status.STREAMING)


@dataclass(frozen=True, slots=True)
class Progress:
    """A reply at one instant.

    `sequence` numbers the patches published so far; `resume_positions` are the characters of `text`
    at which later attempts resumed.
    """

    text: str = ""
    reasoning: str = ""
    sequence: int = 0
    thought_seconds: float | None = None
    thoughts: list[list[Any]] | None = None
    notices: dict[str, Any] = field(default_factory=dict)
    resume_positions: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Tokens of all requests for a reply; None when no request reported or produced any."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    usage_is_estimated: bool = False


@dataclass(frozen=True, slots=True)
class FinalState:
    """The final state of a reply. `html` is the safe rendering of its text, `estimated_tokens` and
    `is_plain`, as in Message, are None when unknown."""

    status: str
    progress: Progress
    token_usage: TokenUsage = TokenUsage()
    html: str = ""
    error: str = ""
    error_kind: str = ""
    finish_reason: str = ""
    estimated_tokens: int | None = None
    is_plain: bool | None = None


def values_of(record: Progress | TokenUsage | FinalState) -> dict[str, Any]:
    """Return columns and their values."""
    return {name: getattr(record, name) for name in record.__slots__}
