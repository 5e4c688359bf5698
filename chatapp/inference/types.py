"""The vocabulary of this package: what is asked and what streams back. Values only, no ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls"]


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """An image by address: an https link that the service can fetch, or a data: URL.

    `width` and `height` are in pixels, 0 when unknown; they serve to estimate tokens only.
    """

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """A finished call in an assistant turn; `arguments` is the text of a JSON object."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """What a call came to: the only kind of part in a turn of role "tool"."""

    call_id: str
    content: str


Part = TextPart | ImagePart | ToolCallPart | ToolResultPart


@dataclass(frozen=True, slots=True)
class ChatMessage:
    role: Role
    parts: tuple[Part, ...]

    @classmethod
    def from_text(cls, role: Role, text: str) -> ChatMessage:
        return cls(role, (TextPart(text),))

    @property
    def text(self) -> str:
        """The texts of all parts, one paragraph each; everything else is left out."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call; `parameters` is a JSON Schema of type "object"."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One question to a model.

    `max_tokens` bounds the answer, not the question; `thinking_budget`, in tokens and None for no
    thinking, comes on top as far as the model allows. At most one of `temperature` and `top_p`
    (both 0 to 1) is set; while the model thinks, neither is sent. `may_call` says whether it may
    call tools in this answer. With `is_continuation` the last message only asks to continue the
    answer before it, so both belong to one turn.
    """

    model: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int
    thinking_budget: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    tools: tuple[Tool, ...] = ()
    may_call: bool = True
    is_continuation: bool = False


@dataclass(frozen=True, slots=True)
class TextDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ReasoningDelta:
    text: str


@dataclass(frozen=True, slots=True)
class ToolCallDelta:
    """A piece of a tool call. One with a new `id` begins a call; one with an id that came before
    adds `name` and `arguments` (JSON text) to that call, one without to the call begun last."""

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


@dataclass(frozen=True, slots=True)
class Waiting:
    """Before the first token: the service failed for `sentence`, and is asked again in
    `seconds`."""

    seconds: float
    sentence: str


Change = Literal["turns_excluded", "images_excluded", "text_rewritten", "thinking_off", "tools_off"]


@dataclass(frozen=True, slots=True)
class Adapted:
    """Before the first token: the request that went out differs from what was asked for, in a way
    that the person should know. A later one of the same change replaces an earlier one."""

    change: Change
    count: int = 0  # of turns or images


Delta = TextDelta | ReasoningDelta | ToolCallDelta | Usage | Finished | Waiting | Adapted
