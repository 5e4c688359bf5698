"""Choose the reader of a file."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from chatapp.documents.formats import Format, Unknown, detect

from .pages import Extract, Reason, Refused

# Module and function. A library is imported with the first file that needs it.
READERS = {
    Format.PDF: "pdf.read",
    Format.DOCX: "word.read",
    Format.XLSX: "sheets.read_archive",
    Format.ODS: "sheets.read_archive",
    Format.XLS: "sheets.read",
    Format.PPTX: "slides.read",
    Format.EPUB: "book.read",
    Format.HTML: "web.read",
    Format.TEXT: "plain.read",
}


def read(content: bytes) -> Extract:
    """Return the text of a file. Raises Refused, and what libraries raise for damaged files."""
    kind = _format(content)
    extract = _reader(kind)(content)
    extract.format = kind
    return extract


def render(content: bytes, page: int) -> bytes:
    """Return a page of a PDF as a JPEG. Raises Refused."""
    if _format(content) is not Format.PDF:
        raise Refused(Reason.TYPE)
    image: bytes = import_module(".pdf", __package__).render(content, page)
    return image


def _format(content: bytes) -> Format:
    found = detect(content)
    if isinstance(found, Unknown):
        raise Refused(Reason(found))
    return found


def _reader(kind: Format) -> Callable[[bytes], Extract]:
    module, _, function = READERS[kind].partition(".")
    reader: Callable[[bytes], Extract] = getattr(import_module(f".{module}", __package__), function)
    return reader
