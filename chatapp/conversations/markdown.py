"""A whole conversation as Markdown, for a file or another program.

It is read page by page, so that neither memory nor the first byte waits for a long conversation.
"""

import re
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import groupby

from asgiref.sync import sync_to_async
from django.db.models import Prefetch
from django.urls import reverse
from django.utils.translation import gettext as _

from chatapp.conversations.models import ATTACHED, Attachment, Conversation, Message, ToolCall
from chatapp.rendering import close_blocks

MESSAGES_PER_READ = 200
# The columns that are read.
WRITTEN = ("position", "role", "status", "text", "model", "attempt", "error")
_SPECIAL = re.compile(r"([\\`*_\[\]<>])")

# Takes a path of this site and returns its URL.
type Absolute = Callable[[str], str]


async def conversation_markdown(
    conversation: Conversation, absolute: Absolute
) -> AsyncIterator[str]:
    """Yield the messages of the branch in their order, below the title."""
    yield f"# {_in_line(conversation.display_title)}\n"
    position = -1
    while messages := await sync_to_async(_read)(conversation, position):
        yield await sync_to_async(_join)(messages, absolute)
        position = messages[-1].position


def message_markdown(message: Message, absolute: Absolute) -> str:
    """Return a message below its author: images, text, and a quiet line for each tool call."""
    is_reply = message.role == Message.Role.ASSISTANT
    author = message.model_label if is_reply else _("You")
    images = [_attached(each, absolute) for each in message.shown_attachments]
    parts = [f"## {_in_line(author)}", "\n".join(images), *_text_with_tool_calls(message, absolute)]
    if message.error:
        parts.append(_quiet([message.error]))
    elif message.status == Message.Status.STOPPED:
        parts.append(_quiet([_("You stopped this reply.")]))
    return "\n\n".join(filter(None, parts))


def _join(messages: Sequence[Message], absolute: Absolute) -> str:
    return "".join(f"\n{message_markdown(message, absolute)}\n" for message in messages)


def _read(conversation: Conversation, position: int) -> list[Message]:
    tool_calls = Prefetch("tool_calls", ToolCall.objects.with_images().defer("content"))
    later = conversation.branch.filter(position__gt=position).only(*WRITTEN)
    return list(later.prefetch_related(*ATTACHED, tool_calls)[:MESSAGES_PER_READ])


def _text_with_tool_calls(message: Message, absolute: Absolute) -> Sequence[str]:
    """Return the text, divided where the model called tools; no part swallows what follows it."""
    parts, start = [], 0
    for end, calls in groupby(message.shown_tool_calls, key=lambda call: call.text_length):
        parts += [_closed(message.text[start:end]), _tool_calls(list(calls), absolute)]
        start = end
    return [*parts, _closed(message.text[start:])]


def _closed(text: str) -> str:
    return close_blocks(text.strip("\n"))


def _tool_calls(calls: "Sequence[ToolCall]", absolute: Absolute) -> str:
    images = [
        _image(each.alternative, absolute(reverse("image", args=[each.image_id])))
        for call in calls
        for each in call.shown_images
    ]
    return "\n\n".join([_quiet([_line(call) for call in calls]), *images])


def _line(call: ToolCall) -> str:
    return f"{call.shown_line}: {call.error}" if call.error else call.shown_line


def _quiet(lines: Sequence[str]) -> str:
    return "\n>\n".join(f"> {_in_line(line)}" for line in lines)


def _attached(attachment: Attachment, absolute: Absolute) -> str:
    url = absolute(attachment.url)
    if document := attachment.document:
        return f"[{_in_line(f'{document.name}, {document.extent}')}](<{url}>)"
    return _image(attachment.alternative, url)


def _image(alternative: str, url: str) -> str:
    return f"![{_in_line(alternative)}](<{url}>)"


def _in_line(text: str) -> str:
    """Return text that isn't Markdown as one line of it."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))
