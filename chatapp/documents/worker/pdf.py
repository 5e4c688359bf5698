"""Read a PDF with PDFium, which is written in C++ and may crash: only in the worker."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pypdfium2 as pdfium
from pypdfium2 import raw

from .pages import MAX_PAGES, Extract, Page, Reason, Refused, Unit, collect

MIN_LETTERS = 40  # a page with fewer and with an image is a scan
MAX_SIDE = 1_568  # pixels of a page as an image; models scale larger ones down
MAX_SCALE = 4.0
# PDFium marks a hyphen at the end of a line, where a word continues.
SPLIT_WORD = re.compile("[\x02\ufffe\u00ad]\\s*")


def read(content: bytes) -> Extract:
    """Return the text of each page. Raises Refused."""
    document = _open(content)
    try:
        count = len(document)
        title = document.get_metadata_dict().get("Title", "")
        return collect(Unit.PAGE, _pages(document, count), count=count, title=title)
    finally:
        document.close()


def render(content: bytes, number: int) -> bytes:
    """Return page `number`, from 1, as a JPEG. Raises Refused, and IndexError without it."""
    from io import BytesIO

    document = _open(content)
    try:
        if not 0 < number <= len(document):
            raise IndexError(number)
        page = document[number - 1]
        scale = min(MAX_SIDE / max(*page.get_size(), 1.0), MAX_SCALE)
        image = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        file = BytesIO()
        image.save(file, "JPEG", quality=85)
        return file.getvalue()
    finally:
        document.close()


def _open(content: bytes) -> pdfium.PdfDocument:
    """Open a document, also one that is encrypted with an empty password."""
    try:
        return pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        is_locked = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD
        raise Refused(Reason.ENCRYPTED if is_locked else Reason.UNREADABLE) from error


def _pages(document: pdfium.PdfDocument, count: int) -> Iterator[Page]:
    for number in range(min(count, MAX_PAGES)):
        try:
            page = document[number]
        except pdfium.PdfiumError:
            yield Page("")  # a damaged page doesn't hide the others
            continue
        text = _text(page)
        letters = sum(character.isalnum() for character in text)
        yield Page(text, is_scanned=letters < MIN_LETTERS and _has_image(page))
        page.close()


def _text(page: pdfium.PdfPage) -> str:
    try:
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        return ""
    text: str = textpage.get_text_bounded()
    textpage.close()
    return SPLIT_WORD.sub("", text)


def _has_image(page: pdfium.PdfPage) -> bool:
    images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(images), None) is not None
