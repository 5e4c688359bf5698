"""What a request has of documents: the text of the chosen pages, and images of scanned ones.

The pages were chosen when the message was sent, so every request has the same bytes.
"""

import base64
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from django.conf import settings

from chatapp.conversations.models import Attachment
from chatapp.documents import page_ranges
from chatapp.documents.material import document_name, text_of
from chatapp.documents.models import DocumentPage
from chatapp.inference import ImagePart, Model, TextPart
from chatapp.inference.context_window import MAX_IMAGES
from chatapp.replies.prompt import scans
from chatapp.replies.prompt.history import History
from chatapp.replies.prompt.turns import DocumentParts

MAX_SCANS = 20  # of one message
# The name of a file is written by others too, so it is quoted, and never longer than a line.
SCAN = "[The scanned page {page} of “{name}”:]"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Documents:
    """What the model gets of each document, by attachment."""

    parts: dict[int, DocumentParts] = field(default_factory=dict)
    scanned: list[Attachment] = field(default_factory=list)  # whose scanned pages it sees
    scans_unsupported: int = 0  # scanned pages that a model without vision doesn't see
    pages_excluded: int = 0  # of the documents of the newest message


def chosen_pages(attachment: Attachment) -> list[int]:
    """Return the numbers of the pages that go along; none for what can't be read any more."""
    if not attachment.document:
        return []
    try:
        return page_ranges.parse(attachment.pages, attachment.document.read_count)
    except page_ranges.RangesRefused:
        logger.warning("An attachment has pages that its document hasn't")
        return []


def documents_of(
    history: History, trusted: Collection[int], model: Model, images: int, room: int
) -> Documents:
    """Return what the messages of a request have of their documents.

    Scanned pages of `trusted` attachments are seen, the newest first, as far as there is place
    beside `images` and `room` for their bytes. Reads the database: call it in a thread.
    """
    made = Documents()
    places = MAX_IMAGES - images
    for message in reversed(history.messages):
        seen = 0
        for attachment in message.attachments:
            if not attachment.document:
                continue
            numbers = chosen_pages(attachment)
            if message is history.messages[-1]:
                made.pages_excluded += attachment.document.page_count - len(numbers)
            found = _scanned(attachment, numbers)
            if not model.vision:
                made.scans_unsupported += len(found)
            is_seen = model.vision and attachment.pk in trusted and not attachment.refusal
            most = min(places, MAX_SCANS - seen) if is_seen else 0
            parts = list(_scan_parts(attachment, found[:most], room))
            count = len(parts) // 2
            places, seen = places - count, seen + count
            room -= sum(len(part.url) for part in parts if isinstance(part, ImagePart))
            if count:
                made.scanned.insert(0, attachment)
            text = TextPart(text_of(attachment.document, numbers))
            made.parts[attachment.pk] = (text, *parts)
    return made


def _scanned(attachment: Attachment, numbers: list[int]) -> list[int]:
    """Return the numbers of the pages that are images without text."""
    pages = DocumentPage.objects.filter(document=attachment.document_id, is_scanned=True, text="")
    chosen = set(numbers)
    return [page for page in pages.values_list("number", flat=True) if page in chosen]


def _scan_parts(
    attachment: Attachment, pages: list[int], room: int
) -> Iterator[TextPart | ImagePart]:
    """Yield a line and the image of each scanned page, up to `room` characters of data URLs."""
    document = attachment.document
    if not document or not pages or settings.IMAGE_DELIVERY == "link":
        return  # there are no links to pages
    for page, image in sorted(scans.images_of(document, pages).items()):
        url = f"data:image/jpeg;base64,{base64.b64encode(image).decode('ascii')}"
        room -= len(url)
        if room < 0:
            return
        yield TextPart(SCAN.format(page=page, name=document_name(document)))
        yield ImagePart(url)
