"""What the page of a share shows of its snapshot, as its author chose."""

import logging
from dataclasses import dataclass, field
from itertools import chain

import django.db
import msgspec
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chatapp.conversations.message_html import with_activity
from chatapp.conversations.models import Message, Thought, ToolCall, text_ends
from chatapp.conversations.models.progress import LENGTH
from chatapp.conversations.own_code import html_of
from chatapp.rendering import VERSION, render_document
from chatapp.sharing.content import Content, SharedDocument, SharedImage, SharedMessage, to_json
from chatapp.sharing.models import Share, Snapshot

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ShownImage:
    image: SharedImage
    url: str = ""
    thumbnail_url: str = ""


@dataclass(frozen=True, slots=True)
class ShownMessage:
    """A message for the template; `row` isn't stored."""

    row: Message
    html: SafeString
    ending: str
    images: list[ShownImage]
    documents: tuple[SharedDocument, ...]
    excluded_images: int  # images


@dataclass(frozen=True, slots=True)
class ShownItem:
    """What a model did beside writing: it thought, or called a tool."""

    thought: Thought | None = None
    tool_call: ToolCall | None = None
    images: list[ShownImage] = field(default_factory=list)


def shown_messages(share: Share) -> list[ShownMessage]:
    content = _renewed(share.snapshot)
    return [_shown(message, share) for message in content.messages]


def image_of(share: Share, number: int) -> SharedImage | None:
    """Return the image with this number, if the share shows it."""
    if not share.with_images:
        return None
    images = share.snapshot.content.images(with_tool_calls=share.with_tool_calls)
    return next((each for each in images if each.image and each.number == number), None)


def _renewed(snapshot: Snapshot) -> Content:
    """Return the content as today's rules render it, and store that once."""
    content = snapshot.content
    if snapshot.html_version >= VERSION:
        return content
    messages = tuple(map(_rendered, content.messages))
    content = msgspec.structs.replace(content, messages=messages)
    try:
        Snapshot.objects.filter(pk=snapshot.pk, html_version=snapshot.html_version).update(
            stored=to_json(content), html_version=VERSION
        )
    except django.db.Error as error:
        logger.warning("Renewed HTML wasn't saved: %s", type(error).__name__)
    return content


def _rendered(message: SharedMessage) -> SharedMessage:
    if message.role == "user":
        return message
    ends = text_ends(message.row())
    html = render_document(message.text, prefix=str(message.id), ends=ends)
    return msgspec.structs.replace(message, html=html)


def _shown(message: SharedMessage, share: Share) -> ShownMessage:
    row = message.row(with_thinking=share.with_thinking, with_tool_calls=share.with_tool_calls)
    is_reply = message.role == "assistant"
    calls = message.tool_calls if share.with_tool_calls else ()
    all_images = [*message.images, *chain.from_iterable(each.shown_images for each in calls)]
    return ShownMessage(
        row=row,
        html=_reply_html(message, row, share) if is_reply else html_of([message.text])[0],
        ending=_ending(message) if is_reply else "",
        images=_images(message.images, share),
        documents=message.documents,
        excluded_images=0 if share.with_images else len(all_images),
    )


def _reply_html(message: SharedMessage, row: Message, share: Share) -> SafeString:
    """Return a reply's text with its thoughts and tool calls in their places."""
    images = {(call.round, call.index): call.shown_images for call in message.tool_calls}
    html = mark_safe(message.html)  # noqa: S308  (sanitised when it was rendered)
    for activity in row.activities:
        items = []
        for item in activity.items:
            if isinstance(item, ToolCall):
                shown = _images(images[item.round, item.index], share)
                items.append(ShownItem(tool_call=item, images=shown))
            elif item.reasoning:
                items.append(ShownItem(thought=item))
        if items:
            context = {"message": row, "items": items}
            activity_html = render_to_string("sharing/_activity.html", context)
            html = with_activity(html, activity.number, activity_html)
    return html


def _images(images: tuple[SharedImage, ...], share: Share) -> list[ShownImage]:
    if not share.with_images:
        return []
    return [_image(each, share.token) for each in images]


def _image(image: SharedImage, token: str) -> ShownImage:
    if image.link:
        return ShownImage(image, image.link)
    place = [token, image.number]
    return ShownImage(
        image, reverse("shared-image", args=place), reverse("shared-thumbnail", args=place)
    )


def _ending(message: SharedMessage) -> str:
    """Return how a reply ended, if not by itself; the reason is the author's business."""
    if message.status == Message.Status.STOPPED:
        return _("The reply was stopped.")
    if not message.is_complete:
        return _("The reply was interrupted.")
    if message.finish_reason == LENGTH:
        return _("The reply reached its maximum length.")
    return ""
