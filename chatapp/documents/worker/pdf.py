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
MAX_ANNOTATIONS = 500  # of a page
PLACEHOLDERS = ("untitled", "anonymous")  # titles that programs write for none
# PDFium marks a hyphen at the end of a line, where a word continues.
SPLIT_WORD = re.compile("[\x02\ufffe\u00ad]\\s*")


def read(content: bytes) -> Extract:
    """Return the text of each page. Raises Refused."""
    document = _open(content)
    try:
        count = len(document)
        return collect(Unit.PAGE, _pages(document, count), count=count, title=_title(document))
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


def _title(document: pdfium.PdfDocument) -> str:
    title: str = document.get_metadata_dict().get("Title", "")
    return "" if title.lower() in PLACEHOLDERS else title


def _pages(document: pdfium.PdfDocument, count: int) -> Iterator[Page]:
    for number in range(min(count, MAX_PAGES)):
        try:
            page = _with_fields(document, number)
        except pdfium.PdfiumError:
            yield Page("")  # a damaged page doesn't hide the others
            continue
        text = _text(page)
        letters = sum(character.isalnum() for character in text)
        yield Page(text, is_scanned=letters < MIN_LETTERS and _has_image(page))
        page.close()


def _with_fields(document: pdfium.PdfDocument, number: int) -> pdfium.PdfPage:
    """Return a page whose form fields and notes are text of the page, as a reader sees them."""
    page = document[number]
    count = raw.FPDFPage_GetAnnotCount(page)
    if not any(_is_written(page, index) for index in range(min(count, MAX_ANNOTATIONS))):
        return page
    if raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY) != raw.FLATTEN_SUCCESS:
        return page
    page.close()  # its text is read anew
    return document[number]


def _is_written(page: pdfium.PdfPage, index: int) -> bool:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    if not annotation:
        return False
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    raw.FPDFPage_CloseAnnot(annotation)
    return kind in (raw.FPDF_ANNOT_WIDGET, raw.FPDF_ANNOT_FREETEXT)


def _text(page: pdfium.PdfPage) -> str:
    try:
        textpage = page.get_textpage()
    except pdfium.PdfiumError:
        return ""
    text: str = textpage.get_text_range()  # a bounded one loses text of turned pages
    textpage.close()
    return SPLIT_WORD.sub("", text)


def _has_image(page: pdfium.PdfPage) -> bool:
    images = page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    return next(iter(images), None) is not None
