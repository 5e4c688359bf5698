"""The types of this package: a tool, its context and its output."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django.utils.functional import Promise

Arguments = Mapping[str, object]

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # the service accepts no other names


@dataclass(frozen=True, slots=True)
class Context:
    """Describe the reply for which a tool runs.

    `zone` is the person's time zone, for example Europe/Berlin. `work` identifies the attempt at a
    reply: connections that a tool keeps are closed with it. `written` has the texts that the
    person wrote in this conversation, and `files` the ids of its documents by the names that the
    model knows. `person_id` is asked for what that person may read at the time of a call.
    """

    zone: str = "UTC"
    work: str = ""
    written: tuple[str, ...] = ()
    files: Mapping[str, UUID] = field(default_factory=dict)
    person_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Output:
    """Hold what a tool returns.

    `content` is for the model and becomes a JSON object. `summary` is one line for the person, in
    the past tense and in their language. `images` are image files; no built-in tool returns any.
    """

    content: Mapping[str, object]
    summary: str
    images: tuple[bytes, ...] = ()


def never(_arguments: Arguments, _context: Context) -> bool:
    """Return that no call needs approval."""
    return False


class ToolFailed(Exception):
    """Report a failed call; `sentence` is for the person and for the model."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Tool:
    """Describe a tool that a model may call.

    `label` is its name on a switch; `about` explains to the owner of the instance what it does and
    who learns of it. The model reads `description` (when to call it) and `parameters`, a JSON
    Schema of type "object", byte for byte the same at every start. `describe` returns the line that
    is shown while a call runs ("Looking up the weather in Portland"). It and `run` raise ToolFailed
    when the model's arguments don't fit.

    With `needs_approval` every call needs the person's approval; the owner can change it. Otherwise
    `call_needs_approval` decides for each call, and never fails for arguments that `run` accepts.
    `caution` is shown with the request for approval. A tool that `has_side_effects` changes or
    costs something, so a call whose result is lost is not repeated by itself.
    """

    name: str
    label: str | Promise
    description: str
    parameters: Mapping[str, object]
    needs_approval: bool
    has_side_effects: bool
    describe: Callable[[Arguments], str]
    run: Callable[[Arguments, Context], Awaitable[Output]]
    call_needs_approval: Callable[[Arguments, Context], bool] = never
    caution: str | Promise = ""
    about: str | Promise = ""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"The tool {self.name!r} needs a name of [A-Za-z0-9_-], 64 at most")
        if not self.description.strip():
            raise ValueError(f"The tool {self.name} needs a description")
        if self.parameters.get("type") != "object":
            raise ValueError(f"The parameters of the tool {self.name} must be of type object")

    @property
    def is_harmless(self) -> bool:
        """Return whether a call changes nothing and never needs approval."""
        asks = self.needs_approval or self.call_needs_approval is not never
        return not (asks or self.has_side_effects)
