"""Converting messages to the turns of a request."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from chatapp.conversations.models import Attachment, Message, ToolCall, Variation
from chatapp.inference import ChatMessage, ImagePart, Model, TextPart, ToolCallPart, ToolResultPart
from chatapp.inference.context_window import EXCLUDED_IMAGE
from chatapp.replies.prompt.image_urls import Holder

REFUSED_IMAGE = "[The model service could not use the image “{name}”. It was excluded.]"
PARTS = "[A long image above is cut into parts. They are in order and overlap a little.]"
VARIATIONS: dict[str, str] = {
    Variation.SHORTER: "[Answer this more briefly than you usually would.]",
    Variation.DETAILED: "[Answer this in more detail than you usually would.]",
}
UNSEEN_IMAGE = "[An image that you cannot see: “{name}”.]"

type DocumentParts = Sequence[TextPart | ImagePart]


class PastMessage(NamedTuple):
    """What a request needs of a message. `tokens` is its estimate without attachments, if known."""

    position: int
    role: str
    text: str
    tokens: int | None
    attachments: Sequence[Attachment] = ()
    tool_calls: Sequence[ToolCall] = ()


def turns_of(
    message: PastMessage,
    urls: dict[int, str],
    model: Model,
    documents: Mapping[int, DocumentParts],
) -> list[ChatMessage]:
    """Return a message as one turn, or a reply with tool calls as several.

    `urls` has the images that the model sees, and `documents` what it gets of them, by attachment.
    """
    if message.role != Message.Role.USER:
        return reply_turns(message.text, message.tool_calls, message.tokens)
    if not message.attachments:
        return [ChatMessage("user", (TextPart(message.text),), message.tokens or 0)]
    parts: list[TextPart | ImagePart] = []
    for attachment in message.attachments:
        if attachment.document_id:
            parts += documents.get(attachment.pk, ())
        else:
            parts.append(_image(attachment, urls, model))
    text = [TextPart(message.text)] if message.text else []
    return [ChatMessage("user", (*parts, *_about_parts(message, urls), *text))]


def reply_turns(
    text: str, tool_calls: Sequence[ToolCall], tokens: int | None = None
) -> list[ChatMessage]:
    """Return a reply as the model made it: text, calls, results, and so on to the last text.

    `tokens` is the estimate of all of it, if known.
    """
    if not tool_calls:
        parts = _text_parts(text)
        return [ChatMessage("assistant", parts, tokens or 0)] if parts else []
    turns, begun = [], 0
    for _round, calls in groupby(tool_calls, key=attrgetter("round")):
        made = list(calls)
        end = made[0].text_length
        asked = [
            ToolCallPart(tool_call.call_id, tool_call.name, tool_call.arguments)
            for tool_call in made
        ]
        turns.append(ChatMessage("assistant", (*_text_parts(text[begun:end]), *asked)))
        turns += [
            ChatMessage("tool", (ToolResultPart(tool_call.call_id, tool_call.result),))
            for tool_call in made
        ]
        begun = end
    if rest := _text_parts(text[begun:]):
        turns.append(ChatMessage("assistant", rest))
    return turns


def vary(turns: list[ChatMessage], variation: str, text: str) -> list[ChatMessage]:
    """Return the turns with an instruction for the reply before `text`, the words of the last one.

    Everything before them stays byte for byte the same, because the service caches it: documents
    too, also those of a message without words.
    """
    if not variation or not turns or turns[-1].role != "user":
        return turns
    parts = turns[-1].parts
    words = parts[-1:] if text else ()
    attached = parts[: len(parts) - len(words)]
    varied = (*attached, TextPart(VARIATIONS[variation]), *words)
    return [*turns[:-1], ChatMessage("user", varied)]


def has_calls(turns: Sequence[ChatMessage]) -> bool:
    """Return whether there are tool calls. The service wants the reasoning before a call back, but
    has no field for it."""
    return any(isinstance(part, ToolCallPart) for turn in turns for part in turn.parts)


def image_part(holder: Holder, url: str) -> ImagePart:
    image = holder.image
    return ImagePart(url, image.width, image.height) if image else ImagePart(url)


def _about_parts(message: PastMessage, urls: dict[int, str]) -> list[TextPart]:
    """Return a hint where the model sees parts of a long image."""
    seen = [each for each in message.attachments if each.pk in urls]
    return [TextPart(PARTS)] if any(each.part for each in seen) else []


def _text_parts(text: str) -> tuple[TextPart, ...]:
    """Return the text without the blank lines that the page puts between two texts."""
    return (TextPart(text.lstrip("\n")),) if text.strip() else ()


def _image(attachment: Attachment, urls: dict[int, str], model: Model) -> ImagePart | TextPart:
    if attachment.refusal:
        return TextPart(REFUSED_IMAGE.format(name=attachment.name))
    if not model.vision:
        return TextPart(UNSEEN_IMAGE.format(name=attachment.name))
    url = urls.get(attachment.pk)
    return image_part(attachment, url) if url else TextPart(EXCLUDED_IMAGE)
