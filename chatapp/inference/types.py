"""The vocabulary of this package: what is asked and what streams back. Values only, no ids."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant"]
FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """A picture by address: an https link that the service can fetch, or a data: URL."""

    url: str


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Role
    parts: tuple[TextPart | ImagePart, ...]

    @classmethod
    def from_text(cls, role: Role, text: str) -> ChatMessage:
        return cls(role, (TextPart(text),))

    @property
    def text(self) -> str:
        """The texts of all parts, one paragraph each; pictures are left out."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One question to a model. `max_tokens` bounds the answer, not the question."""

    model: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call. One with an `id` opens a call; one without adds `arguments`
    (JSON text) to the call opened last, because the service's index does not tell which."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens billed for this request so far. A later one replaces an earlier one."""

    prompt_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Finished:
    """Always the last delta of a stream, exactly once."""

    reason: FinishReason


Delta = TextDelta | ReasoningDelta | ToolCallDelta | Usage | Finished
