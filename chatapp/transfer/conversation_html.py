"""One conversation as a file of HTML with everything inside, to read and print anywhere."""

import base64
import re
import secrets
from collections.abc import AsyncIterator
from uuid import UUID

from chatapp import background
from chatapp.conversations.models import Conversation
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.transfer import pages
from chatapp.transfer.reading import START, Place, branch_after

MATH = "<math"


async def conversation_html(conversation: Conversation) -> AsyncIterator[str]:
    """Yield the page in pieces, with one image at a time in memory."""
    opening, closing = pages.self_contained_frame(conversation)
    yield opening
    # Nobody can guess it, so no text of a message is taken for the place of an image.
    mark = secrets.token_hex(16)
    images = re.compile(rf"{mark}([0-9a-f-]{{36}})")
    place: Place | None = START
    has_math = False
    while place:
        html, place = await background.in_thread(_next, conversation, place, mark)
        has_math = has_math or MATH in html
        for index, piece in enumerate(images.split(html)):
            yield await background.in_thread(_data_url, UUID(piece)) if index % 2 else piece
    if has_math:
        yield pages.math_style()
    yield closing


def _next(conversation: Conversation, place: Place, mark: str) -> tuple[str, Place | None]:
    batch = branch_after(conversation, place)
    html = "".join(
        pages.message_page(each, conversation.owner_id, lambda image: f"{mark}{image.pk}")
        for each in batch.messages
    )
    return html, batch.place


def _data_url(image_id: UUID) -> str:
    """Return an image; one whose bytes are gone shows its description instead."""
    image = Image.objects.filter(pk=image_id).first()
    try:
        content = store.read(image) if image else b""
    except store.ImageMissing:
        content = b""
    kind = image.content_type if image and content else "image/png"
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"
