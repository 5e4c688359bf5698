"""How much a document holds, in words for the person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy, ngettext

from . import page_ranges
from .formats import Format
from .page_ranges import MAX_DOCUMENT_TOKENS
from .worker.pages import Unit

if TYPE_CHECKING:
    from .models import Document

KINDS = {
    Format.PDF: "PDF",
    Format.DOCX: "Word",
    Format.XLSX: "Excel",
    Format.ODS: gettext_lazy("Spreadsheet"),
    Format.XLS: "Excel",
    Format.PPTX: "PowerPoint",
    Format.EPUB: "EPUB",
    Format.HTML: gettext_lazy("Web page"),
    Format.TEXT: gettext_lazy("Text"),
}
# Parts of a text are only ours: nobody would count them.
COUNTS: dict[str, Callable[[int], str]] = {
    Unit.PAGE: lambda count: ngettext("%(count)s page", "%(count)s pages", count),
    Unit.SHEET: lambda count: ngettext("%(count)s sheet", "%(count)s sheets", count),
    Unit.SLIDE: lambda count: ngettext("%(count)s slide", "%(count)s slides", count),
    Unit.CHAPTER: lambda count: ngettext("%(count)s chapter", "%(count)s chapters", count),
}
GOING: dict[str, Callable[[int], str]] = {
    Unit.PAGE: lambda count: ngettext(
        "Page %(pages)s of %(count)s goes to the model",
        "Pages %(pages)s of %(count)s go to the model",
        count,
    ),
    Unit.SHEET: lambda count: ngettext(
        "Sheet %(pages)s of %(count)s goes to the model",
        "Sheets %(pages)s of %(count)s go to the model",
        count,
    ),
    Unit.SLIDE: lambda count: ngettext(
        "Slide %(pages)s of %(count)s goes to the model",
        "Slides %(pages)s of %(count)s go to the model",
        count,
    ),
    Unit.CHAPTER: lambda count: ngettext(
        "Chapter %(pages)s of %(count)s goes to the model",
        "Chapters %(pages)s of %(count)s go to the model",
        count,
    ),
}


def extent(document: Document) -> str:
    """Return what it is and how long, such as "PDF, 12 pages"."""
    kind = str(KINDS[Format(document.format)])
    if document.unit not in COUNTS:
        return kind
    count = document.page_count
    return f"{kind}, {COUNTS[document.unit](count)}" % {"count": f"{count:,}"}


def note(document: Document) -> str:
    """Return what the person should know before sending: how long it is, and what is left out."""
    tokens = document.tokens
    parts = [f"{extent(document)}, {about(tokens)}" if tokens else extent(document)]
    if left_out := _left_out(document):
        parts.append(left_out)
    return ". ".join(part.rstrip(".") for part in parts) + "." * (len(parts) > 1)


def _left_out(document: Document) -> str:
    """Return how much goes to the model when a chat has no other document, empty for all of it."""
    fitting = document.fitting_count
    is_whole = (
        document.tokens <= MAX_DOCUMENT_TOKENS
        if fitting is None
        else (fitting == document.read_count)
    )
    if is_whole:
        return gettext("It is too long to be read to its end.") if document.is_cut else ""
    if fitting == 0:
        return gettext("It is too long to go to the model, which can look things up in it.")
    if fitting is None or document.unit not in GOING:
        return gettext("The first %(count)s tokens of documents in a chat go to the model.") % {
            "count": f"{MAX_DOCUMENT_TOKENS:,}"
        }
    return f"{going(document, range(1, fitting + 1))}."


def going(document: Document, pages: Sequence[int]) -> str:
    """Return that these pages go to the model, without a full stop."""
    values = {"pages": shown(page_ranges.write(pages)), "count": f"{document.page_count:,}"}
    return GOING[document.unit](len(pages)) % values


def shown(ranges: str) -> str:
    """Return ranges of pages as they are printed."""
    return ranges.replace("-", "\u2013")


def about(tokens: int) -> str:
    return gettext("about %(count)s tokens") % {"count": f"{rounded(tokens):,}"}


def rounded(tokens: int) -> int:
    """Round an estimate as the composer does."""
    return -(-tokens // 10) * 10 if tokens < 1000 else round(tokens, -2)


def along(pages: str, count: int, tokens: int) -> str:
    """Return which pages of `count` go to the model, and how many tokens they are; `pages` are
    ranges."""
    values = {
        "pages": shown(pages),
        "count": count,
        "tokens": number_format(rounded(tokens), force_grouping=True),
    }
    if not pages:
        return gettext("None of its pages go along (%(count)s in all).") % values
    if pages == page_ranges.write(range(1, count + 1)):
        return gettext("All of it, about %(tokens)s tokens") % values
    return gettext("p. %(pages)s of %(count)s, about %(tokens)s tokens") % values


def along_as_image(tokens: int) -> str:
    return gettext("As an image, about %(tokens)s tokens") % {
        "tokens": number_format(rounded(tokens), force_grouping=True)
    }
