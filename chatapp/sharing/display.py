"""What the page of a share shows of its snapshot, as its author chose."""

import logging
from dataclasses import dataclass
from itertools import chain

import django.db
import msgspec
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from chatapp.conversations.models import Message, ToolCall
from chatapp.conversations.models.progress import LENGTH
from chatapp.conversations.own_code import html_of
from chatapp.rendering import VERSION, render_document
from chatapp.sharing.content import Content, SharedImage, SharedMessage, to_json
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
    left_out: int  # images
    tool_calls: list[tuple[ToolCall, list[ShownImage]]]


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
    html = render_document(message.text, prefix=str(message.id))
    return msgspec.structs.replace(message, html=html)


def _shown(message: SharedMessage, share: Share) -> ShownMessage:
    row = Message(
        id=message.id,
        role=message.role,
        status=message.status,
        model=message.model,
        reasoning=message.reasoning if share.with_thinking else "",
        thought_seconds=message.thought_seconds,
    )
    is_reply = message.role == "assistant"
    calls = message.tool_calls if share.with_tool_calls else ()
    all_images = [*message.images, *chain.from_iterable(each.shown_images for each in calls)]
    return ShownMessage(
        row=row,
        html=mark_safe(message.html) if is_reply else html_of([message.text])[0],  # noqa: S308
        ending=_ending(message) if is_reply else "",
        images=_images(message.images, share),
        left_out=0 if share.with_images else len(all_images),
        tool_calls=[(each.row(row), _images(each.shown_images, share)) for each in calls],
    )


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
