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
from chatapp.documents import page_ranges, sizes
from chatapp.documents.material import document_name, text_of
from chatapp.documents.models import Document, DocumentPage
from chatapp.documents.page_choice import Names
from chatapp.documents.sizes import MAX_SCANS
from chatapp.inference import ImagePart, Model, TextPart
from chatapp.inference.context_window import MAX_IMAGES
from chatapp.replies.prompt import scans
from chatapp.replies.prompt.history import History
from chatapp.replies.prompt.image_urls import room_for_scans
from chatapp.replies.prompt.turns import DocumentParts

# The name of a file is written by others too, so it is quoted, and never longer than a line.
SCAN = "[The scanned page {page} of “{name}”:]"

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Documents:
    """What the model gets of each document, by attachment."""

    parts: dict[int, DocumentParts] = field(default_factory=dict)
    scanned: list[Attachment] = field(default_factory=list)  # whose scanned pages it sees
    scans_unsupported: int = 0  # scanned pages that a model without vision doesn't see
    pages_excluded: int = 0  # of the documents of the newest message, without scans
    scans_excluded: int = 0  # scanned pages of the newest message that had no place


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


def documents_of(
    history: History, trusted: Collection[int], model: Model, room: Room, names: Names
) -> Documents:
    """Return what the messages of a request have of their documents.

    Scanned pages of `trusted` attachments are seen, the newest first, as far as there is room.
    `names` are those by which the reading tools know the documents.
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
            all_scans = _scans(attachment.document)
            chosen = set(numbers)
            found = [page for page in all_scans if page in chosen]
            if not model.vision:
                made.scans_unsupported += len(found)
            is_seen = model.vision and attachment.pk in trusted and not attachment.refusal
            most = min(room.images, MAX_SCANS - seen) if is_seen else 0
            name = names.get(attachment.document.pk) or document_name(attachment.document)
            parts = list(scan_parts(attachment.document, name, found[:most], room.characters))
            seen += len(parts) // 2
            room.images -= len(parts) // 2
            room.characters -= sum(len(p.url) for p in parts if isinstance(p, ImagePart))
            if message is history.messages[-1]:
                others = attachment.document.page_count - len(all_scans)
                made.pages_excluded += others - (len(numbers) - len(found))
                made.scans_excluded += len(all_scans) - len(parts) // 2 if is_seen else 0
            if parts:
                made.scanned.insert(0, attachment)
            text = TextPart(text_of(attachment.document, numbers, name))
            made.parts[attachment.pk] = (text, *parts)
    return made


def _fitting(attachment: Attachment, numbers: list[int], tokens: int) -> list[int]:
    """Return the first pages that fit: they were chosen for a model that may have read more."""
    if attachment.document_tokens <= tokens or not attachment.document:
        return numbers
    chosen = set(numbers)
    pages = [size for size in sizes.sizes_of(attachment.document) if size.number in chosen]
    return sizes.choose(pages, tokens).pages


def _scans(document: Document) -> list[int]:
    """Return the numbers of the pages that are images without text."""
    pages = DocumentPage.objects.filter(document=document, is_scanned=True, text="")
    return list(pages.values_list("number", flat=True))


def scan_parts(
    document: Document, name: str, pages: list[int], room: int
) -> Iterator[TextPart | ImagePart]:
    """Yield a line and the image of each scanned page, up to `room` characters of data URLs."""
    if not pages or settings.IMAGE_DELIVERY == "link":
        return  # there are no links to pages
    for page, image in sorted(scans.images_of(document, pages).items()):
        url = f"data:image/jpeg;base64,{base64.b64encode(image).decode('ascii')}"
        room -= len(url)
        if room < 0:
            return
        yield TextPart(SCAN.format(page=page, name=name))
        yield ImagePart(url)
