"""A conversation of an export, whichever product wrote it."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

MAX_TEXT = 1_000_000  # characters of a message; the rest is cut off, and the message says so
MAX_NAME = 200  # characters of a title, a file name or the name of a tool
MAX_CALLS = 500  # of one message; further ones are left out


class Role(StrEnum):
    USER = "user"
    ASSISTANT = "assistant"


class Skipped(StrEnum):
    """What an export holds and an import leaves out. A report counts each."""

    AUDIO = "audio"
    CYCLE = "cycle"
    DUPLICATE = "duplicate"
    EMPTY = "empty"
    FILE = "file"
    IMAGE = "image"
    INSTRUCTIONS = "instructions"
    LONG_INSTRUCTIONS = "long_instructions"
    LONG_TEXT = "long_text"
    MISSING_PARENT = "missing_parent"
    UNKNOWN = "unknown"


class File(NamedTuple):
    """A file that belongs to a message: its id in the export, and its name if it has one there.

    `text` is the content of a document, if the export has it.
    """

    id: str
    name: str = ""
    text: str = ""
    is_image: bool = False


class Call(NamedTuple):
    """A tool call and its result, made after `text_length` characters of the reply."""

    name: str
    arguments: str
    result: str
    is_error: bool
    text_length: int


@dataclass(slots=True)
class Node:
    """A piece of a message as it is stored in an export; a reply may have many, one by one."""

    id: str
    parent: str | None
    role: Role | None  # None: nothing of it is shown, its children belong to its parent
    text: str = ""
    reasoning: str = ""
    thought_seconds: float | None = None
    model: str = ""
    created_at: datetime | None = None
    files: list[File] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    sources: list[tuple[str, str]] = field(default_factory=list)  # title and address

    def add_text(self, text: str) -> None:
        self.text = "\n\n".join(filter(None, (self.text, text)))

    def add_reasoning(self, text: str) -> None:
        self.reasoning = "\n\n".join(filter(None, (self.reasoning, text)))

    def add_call(
        self, name: str, arguments: str, result: str = "", *, is_error: bool = False
    ) -> None:
        if len(self.calls) < MAX_CALLS:
            name = name[:MAX_NAME] or "tool"
            self.calls.append(Call(name, arguments, result, is_error, len(self.text)))

    def end_call(self, result: str, name: str = "", *, is_error: bool = False) -> None:
        """Give a result to the oldest call of this name that has none: ids are often missing."""
        for index, call in enumerate(self.calls):
            if not call.result and name in ("", call.name):
                self.calls[index] = call._replace(result=result or "{}", is_error=is_error)
                return
        self.add_call(name, "", result, is_error=is_error)


@dataclass(slots=True)
class ReadMessage:
    """A message or a whole reply. Replies follow messages, and messages follow replies."""

    id: str  # of its last node
    parent: "ReadMessage | None"
    role: Role
    nodes: list[Node]


@dataclass(slots=True)
class ReadConversation:
    source: str  # the product
    id: str  # there
    title: str = ""
    created_at: datetime | None = None
    updated_at: datetime | None = None
    is_pinned: bool = False
    is_archived: bool = False
    project: str = ""  # its id there
    messages: list[ReadMessage] = field(default_factory=list)  # parents before children
    head: ReadMessage | None = None  # the last message of the branch that is shown
    skipped: Counter[Skipped] = field(default_factory=Counter)
