"""Take a snapshot of the branch of a conversation that is shown."""

from collections.abc import Iterator, Sequence
from itertools import count

import msgspec
from django.db.models import Prefetch

from chatapp.conversations import stored_html
from chatapp.conversations.models import (
    ATTACHED,
    Attachment,
    Conversation,
    Message,
    ToolCall,
    ToolCallImage,
)
from chatapp.sharing.content import (
    Content,
    SharedDocument,
    SharedImage,
    SharedMessage,
    SharedToolCall,
)

MAX_MESSAGES = 200
MAX_BYTES = 3_000_000


class NothingToShare(Exception):
    """Report that no reply of the branch has ended."""


class TooLong(Exception):
    """Report that not even the last message and its reply fit."""


def take_snapshot(conversation: Conversation) -> tuple[Content, int]:
    """Return the newest messages that fit, and their size in bytes.

    A reply that hasn't ended is left out, and the message that it answers. Raises NothingToShare,
    TooLong.
    """
    rows = _newest(conversation)
    if not rows:
        raise NothingToShare
    kept, size = _fitting(rows)
    if not kept:
        raise TooLong
    return Content(tuple(kept), is_cut=kept[0].id != rows[0].pk or bool(rows[0].position)), size


def _newest(conversation: Conversation) -> list[Message]:
    """Return the newest messages that may be shared, oldest first, with what belongs to them."""
    calls = Prefetch("tool_calls", ToolCall.objects.with_images())
    branch = conversation.branch.prefetch_related(*ATTACHED, calls)
    rows = list(branch.order_by("-position")[: MAX_MESSAGES + 2])[::-1]
    if rows and rows[-1].is_unfinished:
        rows = rows[:-2]
    rows = rows[-MAX_MESSAGES:]
    stored_html.renew(rows)
    return rows


def _fitting(rows: Sequence[Message]) -> tuple[list[SharedMessage], int]:
    """Return the newest of them that fit, beginning with a message of the person's."""
    numbers = count(1)
    shared = [_message(row, numbers) for row in rows]
    size, start, kept_size = 0, len(shared), 0
    for at in range(len(shared) - 1, -1, -1):
        size += len(msgspec.json.encode(shared[at]))
        if size > MAX_BYTES:
            break
        if shared[at].role == "user":
            start, kept_size = at, size
    return shared[start:], kept_size


def _message(row: Message, numbers: Iterator[int]) -> SharedMessage:
    if row.role == Message.Role.USER:
        attached = row.shown_attachments
        return SharedMessage(
            row.pk,
            "user",
            row.text,
            excluded=row.excluded,
            images=tuple(_attachment(each, numbers) for each in attached if not each.document),
            documents=tuple(
                SharedDocument(each.document.name, each.document.extent)
                for each in attached
                if each.document
            ),
        )
    return SharedMessage(
        id=row.pk,
        role="assistant",
        text=row.text,
        html=row.html,
        status=row.status,
        finish_reason=row.finish_reason,
        model=row.model,
        excluded=row.excluded,
        reasoning=row.reasoning,
        thought_seconds=row.thought_seconds,
        thoughts=row.thoughts and [tuple(thought) for thought in row.thoughts],
        tool_calls=tuple(_tool_call(call, numbers) for call in row.shown_tool_calls),
    )


def _tool_call(call: ToolCall, numbers: Iterator[int]) -> SharedToolCall:
    images = tuple(_image(each, next(numbers)) for each in call.shown_images)
    values = {name: getattr(call, name) for name in SharedToolCall.__struct_fields__}
    return SharedToolCall(**values | {"summary": call.shown_line, "shown_images": images})


def _attachment(attachment: Attachment, numbers: Iterator[int]) -> SharedImage:
    if attachment.image is None:
        return SharedImage(attachment.alternative, link=attachment.link)
    return _image(attachment, next(numbers))


def _image(shown: Attachment | ToolCallImage, number: int) -> SharedImage:
    image = shown.image
    assert image is not None
    return SharedImage(
        alt=shown.alternative,
        number=number,
        image=image.pk,
        width=image.width,
        height=image.height,
        is_transparent=image.has_transparency,
        part=shown.part,
        part_count=shown.part_count,
    )
