"""The types of this package: what is sent and what streams back. Values only, no ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Role = Literal["system", "user", "assistant", "tool"]
FinishReason = Literal["stop", "length", "tool_calls", "refusal"]


@dataclass(frozen=True, slots=True)
class TextPart:
    text: str


@dataclass(frozen=True, slots=True)
class ImagePart:
    """Hold an image by its address: an https link that the service can fetch, or a data: URL.

    `width` and `height` are in pixels, 0 when unknown; only the estimate of tokens uses them.
    """

    url: str
    width: int = 0
    height: int = 0


@dataclass(frozen=True, slots=True)
class ToolCallPart:
    """Hold a complete call of an assistant message; `arguments` is a JSON object as text."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ToolResultPart:
    """Hold the result of a call: the only kind of part in a message of role "tool"."""

    call_id: str
    content: str


Part = TextPart | ImagePart | ToolCallPart | ToolResultPart


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """Hold one message. `tokens` is its estimate if somebody has stored it, 0 when unknown.

    One that `stays` is no turn: it is kept when turns are excluded, as the system text is.
    """

    role: Role
    parts: tuple[Part, ...]
    tokens: int = field(default=0, compare=False)
    stays: bool = field(default=False, compare=False)

    @classmethod
    def from_text(cls, role: Role, text: str) -> ChatMessage:
        return cls(role, (TextPart(text),))

    @property
    def is_kept(self) -> bool:
        """Return whether it stays when the turns around it are excluded."""
        return self.stays or self.role == "system"

    @property
    def text(self) -> str:
        """Return the text of all text parts, one paragraph each."""
        return "\n\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@dataclass(frozen=True, slots=True)
class Tool:
    """Describe a tool to a model; `parameters` is a JSON Schema of type "object"."""

    name: str
    description: str
    parameters: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """Hold one request to a model.

    `max_tokens` limits the answer; `thinking_budget`, in tokens and None for no thinking, is added
    to it as far as the model allows. At most one of `temperature` and `top_p` (both 0 to 1) is
    set; while the model thinks, neither is sent. Without `may_call` the model may not call tools
    in this answer. With `is_continuation` the last message only asks to continue the answer before
    it, so both belong to one turn.
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
    """Hold a piece of a tool call.

    A new `id` begins a call; a known one adds `name` and `arguments` (JSON text) to that call, an
    empty one to the call that began last.
    """

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Usage:
    """Report the tokens billed for this request so far. A later report replaces an earlier one.

    Cached tokens are among those of the prompt, thinking ones among those of the completion; few
    services report either. `model` is the id that the answered request was sent with.
    """

    prompt_tokens: int
    completion_tokens: int
    cached_tokens: int = 0
    thinking_tokens: int = 0
    model: str = field(default="", compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Finished:
    """End a stream: always the last delta, exactly once."""

    reason: FinishReason


@dataclass(frozen=True, slots=True)
class Waiting:
    """Announce, before the first token, a retry in `seconds`. `sentence` is why: the reason of an
    error, in English."""

    seconds: float
    sentence: str


Change = Literal[
    "turns_excluded",
    "images_excluded",
    "images_unsupported",
    "images_suspected",
    "text_rewritten",
    "thinking_off",
    "sampling_off",
    "tools_off",
    "output_limited",
    "model_replaced",
]


@dataclass(frozen=True, slots=True)
class Adapted:
    """Announce, before the first token, how the request that was sent differs from the given one.

    A later announcement of the same change replaces an earlier one.
    """

    change: Change
    count: int = 0  # of turns, images or tokens
    detail: str = ""  # the model that answers


Delta = TextDelta | ReasoningDelta | ToolCallDelta | Usage | Finished | Waiting | Adapted
