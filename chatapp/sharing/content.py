"""The content of a snapshot: messages as they were, apart from the rows, which may change later.

`to_json` and `Content.of` are the way into and out of the column. Fields that are added need a
default, and older code ignores them.
"""

from collections.abc import Iterator
from typing import Any, Literal, Self
from uuid import UUID

import msgspec

from chatapp.conversations.models import Message, ToolCall

Role = Literal["user", "assistant"]


class SharedImage(msgspec.Struct, frozen=True):
    """An image of the author's, or a link to another site; its number is part of its address."""

    alt: str
    number: int = 0
    image: UUID | None = None
    link: str = ""
    width: int = 0
    height: int = 0
    is_transparent: bool = False
    part: int = 0
    part_count: int = 0


class SharedDocument(msgspec.Struct, frozen=True):
    """What is shown of a document: its name and how long it is. The text stays the author's."""

    name: str
    extent: str


class SharedToolCall(msgspec.Struct, frozen=True):
    """A tool call; the fields but the last are columns of its row."""

    round: int
    index: int
    text_length: int
    call_id: str
    name: str
    arguments: str
    state: str
    content: str
    summary: str
    error: str
    note: str
    seconds: float | None
    shown_images: tuple[SharedImage, ...] = ()

    def row(self, reply: Message) -> ToolCall:
        """Return a row that isn't stored."""
        names = [name for name in self.__struct_fields__ if name != "shown_images"]
        return ToolCall(reply=reply, **{name: getattr(self, name) for name in names})


class SharedMessage(msgspec.Struct, frozen=True):
    """A message; `html` is the safe HTML of a reply."""

    id: UUID
    role: Role
    text: str
    html: str = ""
    status: str = Message.Status.COMPLETE
    finish_reason: str = ""
    model: str = ""
    excluded: bool = False
    reasoning: str = ""
    thought_seconds: float | None = None
    thoughts: list[tuple[int, int, float | None]] | None = None
    images: tuple[SharedImage, ...] = ()
    documents: tuple[SharedDocument, ...] = ()
    tool_calls: tuple[SharedToolCall, ...] = ()

    def row(self, *, with_thinking: bool = True, with_tool_calls: bool = True) -> Message:
        """Return a row that isn't stored, with what a share shows of it."""
        row = Message(
            id=self.id,
            role=self.role,
            status=self.status,
            model=self.model,
            text=self.text,
            attempt=1,
            reasoning=self.reasoning if with_thinking else "",
            thought_seconds=self.thought_seconds,
            thoughts=self.thoughts if with_thinking else None,
        )
        row.known_tool_calls = [call.row(row) for call in self.tool_calls if with_tool_calls]
        return row

    @property
    def is_complete(self) -> bool:
        return self.status == Message.Status.COMPLETE


class Content(msgspec.Struct, frozen=True):
    """Messages, oldest first; `is_cut` when earlier ones didn't fit."""

    messages: tuple[SharedMessage, ...]
    is_cut: bool = False

    @classmethod
    def of(cls, stored: Any) -> Self:
        return msgspec.convert(stored, cls)

    def images(self, *, with_tool_calls: bool) -> Iterator[SharedImage]:
        for message in self.messages:
            yield from message.images
            if with_tool_calls:
                for call in message.tool_calls:
                    yield from call.shown_images


def to_json(value: msgspec.Struct) -> Any:
    """Return what a JSON column stores."""
    return msgspec.to_builtins(value)
