"""Exported pages of HTML: the shown branch of a conversation as it looks in the chat.

Images and texts of people and models are escaped or sanitised as in the chat. The policy of a page
allows no script and no address outside of it, should both fail.
"""

import secrets
from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.message_html import reported, with_activity
from chatapp.conversations.models import Attachment, Conversation, Message, ToolCallImage
from chatapp.images.models import Image
from chatapp.server.valid_text import make_valid
from chatapp.transfer.stylesheet import math_face, source_hash, stylesheet

NOTHING_ELSE = "default-src 'none'; base-uri 'none'; form-action 'none'"
# 'self' is nothing for a page from a folder, so `file:` names what lies beside it.
BESIDE = f"{NOTHING_ELSE}; img-src 'self' file:; style-src 'self' file:; font-src 'self' file:"

# Takes an image of the person and returns its address in the page.
type ImageUrl = Callable[[Image], str]


def inside_policy() -> str:
    """Return the policy of a page with everything inside."""
    styles = " ".join(map(source_hash, (stylesheet(), math_face())))
    return f"{NOTHING_ELSE}; img-src data:; font-src data:; style-src {styles}"


def frame(template: str, **context: Any) -> tuple[str, str]:
    """Return a page up to its `messages`, and the rest of it."""
    place = secrets.token_hex(16)
    at = timezone.now()
    page = _rendered(template, {"exported_at": at, **context, "messages": place})
    opening, _place, closing = page.partition(place)
    return opening, closing


def self_contained_frame(conversation: Conversation) -> tuple[str, str]:
    style = mark_safe(stylesheet())  # noqa: S308  (our own files)
    return frame(
        "transfer/conversation.html",
        conversation=conversation,
        style=style,
        policy=inside_policy(),
    )


def message_page(message: Message, owner_id: object, image_url: ImageUrl) -> str:
    """Return a message as it is shown; one that can't be rendered becomes its plain text."""
    for shown in _shown_images(message):
        image = shown.image
        is_own = image is not None and image.owner_id == owner_id
        shown.exported_url = image_url(image) if image and is_own else ""  # type: ignore[union-attr]
    html = ""
    with reported(message):
        html = _rendered("transfer/_message.html", {"message": message, "html": _reply(message)})
    return html or _rendered("transfer/_message.html", {"message": message, "is_unshown": True})


def _reply(message: Message) -> SafeString:
    """Return the text of a reply with its thoughts and tool calls in their places."""
    html = SafeString()
    if message.role == Message.Role.ASSISTANT:
        html = message.shown_html
        for activity in message.activities:
            context = {"message": message, "activity": activity}
            shown = mark_safe(_rendered("transfer/_activity.html", context))  # noqa: S308
            html = with_activity(html, activity.number, shown)
    return html


def math_style() -> SafeString:
    return mark_safe(f"<style>{math_face()}</style>")  # noqa: S308  (our own file)


def _shown_images(message: Message) -> list[Attachment | ToolCallImage]:
    made = [each for call in message.shown_tool_calls for each in call.shown_images]
    for call in message.shown_tool_calls:
        call.known_images = call.shown_images  # the same objects for the template
    return [*message.shown_attachments, *made]


def _rendered(template: str, context: dict[str, Any]) -> str:
    return make_valid(render_to_string(template, context))
