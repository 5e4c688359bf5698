"""What a tool is. The vocabulary of this package: values only."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from django.utils.functional import Promise

# What only reads is free. What writes or costs something asks the person first.
Access = Literal["free", "ask"]
Arguments = Mapping[str, object]

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")  # what the service takes


@dataclass(frozen=True, slots=True)
class Context:
    """For whom a tool runs, and in what. `zone` is a key of the time zone database, as
    Europe/Berlin. `work` tells one attempt at a reply from another: what a tool keeps open, it
    keeps open for that long. `written` is what the person has written in this conversation, and
    nobody else."""

    zone: str = "UTC"
    work: str = ""
    written: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """What a call came to.

    `content` is for the model and becomes a JSON object. `done` is one line for the person, in the
    past tense and in their language. `images` are images in bytes; no built-in tool gives any.
    """

    content: Mapping[str, object]
    done: str
    images: tuple[bytes, ...] = ()


class ToolFailed(Exception):
    """A call that came to nothing; `sentence` is for the person and the model alike."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may ask for and the app does.

    `label` names it on a switch; `about` tells the owner of the house what it does and who learns
    of it, in a sentence or two. `description` tells the model when to call it, `parameters` how: a
    JSON Schema of type "object", byte for byte the same at every start. `doing` gives the line that
    is shown while it runs ("Looking up the weather in Portland"). It and `run` raise ToolFailed
    when the arguments, which a model made up, do not fit.

    `acts` tells that it changes or costs something, so that a call is never made twice for one;
    `access` is whether it asks the person first, which the owner can choose otherwise. One that is
    free may still ask about some calls: `asks` tells which, and never fails for arguments that
    `run` would take. `caution` is what the person should know when asked.
    """

    name: str
    label: str | Promise
    description: str
    parameters: Mapping[str, object]
    access: Access
    acts: bool
    doing: Callable[[Arguments], str]
    run: Callable[[Arguments, Context], Awaitable[Output]]
    asks: Callable[[Arguments, Context], bool] = lambda _arguments, _context: False
    caution: str | Promise = ""
    about: str | Promise = ""

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name):
            raise ValueError(f"The tool {self.name!r} needs a name of [A-Za-z0-9_-], 64 at most")
        if not self.description.strip():
            raise ValueError(f"The tool {self.name} needs a description")
        if self.parameters.get("type") != "object":
            raise ValueError(f"The parameters of the tool {self.name} are no schema of an object")
