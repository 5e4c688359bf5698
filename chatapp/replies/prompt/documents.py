"""What a request has of documents: the text of the chosen pages, and images of scanned ones.

The pages were chosen when the message was sent, so every request has the same bytes.
"""

import base64
import logging
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Self

from django.conf import settings

from chatapp.conversations.models import Attachment
from chatapp.documents import page_ranges
from chatapp.documents.material import document_name, text_of
from chatapp.documents.models import Document, DocumentPage
from chatapp.inference import ImagePart, Model, TextPart
from chatapp.inference.context_window import MAX_IMAGES
from chatapp.replies.prompt import scans
from chatapp.replies.prompt.history import History
from chatapp.replies.prompt.image_urls import room_for_scans
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


@dataclass(slots=True)
class Room:
    """What a request has room for: images beside those that it has, characters of their data
    URLs, and tokens of the documents of one message."""

    images: int
    characters: int
    tokens: int

    @classmethod
    def beside(cls, urls: Collection[str], window: int) -> Self:
        """Return the room beside these images, for a model that reads `window` tokens.

        The documents of a message have half of it, whatever else the request has, so that they
        are the same in every request.
        """
        return cls(MAX_IMAGES - len(urls), room_for_scans(urls), window // 2)


def chosen_pages(attachment: Attachment) -> list[int]:
    """Return the numbers of the pages that go along; none for what can't be read any more."""
    if not attachment.document:
        return []
    try:
        return page_ranges.parse(attachment.pages, attachment.document.read_count)
    except page_ranges.RangesRefused:
        logger.warning("An attachment has pages that its document hasn't")
        return []


def documents_of(history: History, trusted: Collection[int], model: Model, room: Room) -> Documents:
    """Return what the messages of a request have of their documents.

    Scanned pages of `trusted` attachments are seen, the newest first, as far as there is room.
    Reads the database: call it in a thread.
    """
    made = Documents()
    for message in reversed(history.messages):
        tokens, seen = room.tokens, 0
        for attachment in message.attachments:
            if not attachment.document:
                continue
            numbers = _fitting(attachment, chosen_pages(attachment), tokens)
            tokens = max(0, tokens - attachment.document_tokens)
            if message is history.messages[-1]:
                made.pages_excluded += attachment.document.page_count - len(numbers)
            found = scanned_pages(attachment.document, numbers)
            if not model.vision:
                made.scans_unsupported += len(found)
            is_seen = model.vision and attachment.pk in trusted and not attachment.refusal
            most = min(room.images, MAX_SCANS - seen) if is_seen else 0
            parts = list(scan_parts(attachment.document, found[:most], room.characters))
            seen += len(parts) // 2
            room.images -= len(parts) // 2
            room.characters -= sum(len(p.url) for p in parts if isinstance(p, ImagePart))
            if parts:
                made.scanned.insert(0, attachment)
            text = TextPart(text_of(attachment.document, numbers))
            made.parts[attachment.pk] = (text, *parts)
    return made


def _fitting(attachment: Attachment, numbers: list[int], tokens: int) -> list[int]:
    """Return the first pages that fit: they were chosen for a model that may have read more."""
    if attachment.document_tokens <= tokens or not attachment.document:
        return numbers
    sizes = dict(attachment.document.pages.values_list("number", "tokens"))
    return page_ranges.fitting([(number, sizes.get(number, 0)) for number in numbers], tokens)


def scanned_pages(document: Document, numbers: Collection[int]) -> list[int]:
    """Return the numbers of the pages that are images without text."""
    pages = DocumentPage.objects.filter(document=document, is_scanned=True, text="")
    chosen = set(numbers)
    return [page for page in pages.values_list("number", flat=True) if page in chosen]


def scan_parts(document: Document, pages: list[int], room: int) -> Iterator[TextPart | ImagePart]:
    """Yield a line and the image of each scanned page, up to `room` characters of data URLs."""
    if not pages or settings.IMAGE_DELIVERY == "link":
        return  # there are no links to pages
    for page, image in sorted(scans.images_of(document, pages).items()):
        url = f"data:image/jpeg;base64,{base64.b64encode(image).decode('ascii')}"
        room -= len(url)
        if room < 0:
            return
        yield TextPart(SCAN.format(page=page, name=document_name(document)))
        yield ImagePart(url)
