"""Images and documents of an export, as they are attached here."""

from collections.abc import Callable
from typing import Any, NamedTuple

from chatapp.conversations.models import Attachment
from chatapp.documents import page_ranges
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.transfer.importing.own.records import ShownImage


class FindFiles(NamedTuple):
    """Find images and documents by their hashes; None for what is lost."""

    image: Callable[[str], Image | None]
    document: Callable[[str], Document | None]


def with_document(document: Document, shown: ShownImage, **values: Any) -> Attachment:
    """Return an attachment of a document with the pages that went to the model, if there are such
    pages."""
    try:
        page_ranges.parse(shown.pages, document.read_count)
        pages, tokens = shown.pages, shown.document_tokens
    except page_ranges.RangesRefused:
        pages, tokens = "", 0
    return Attachment(document=document, pages=pages, document_tokens=tokens, **values)
