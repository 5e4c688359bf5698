"""Read the pages of a document for the person who looks at them, a bounded piece at a time."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models.functions import Length, Substr

from . import page_labels
from .models import Document

PAGES_AT_ONCE = 50
CHARACTERS_AT_ONCE = 300_000  # of all pages of a piece, and of one page


@dataclass(frozen=True, slots=True)
class ShownPage:
    """A page as it is shown; with `is_cut` there is more text than that."""

    number: int
    heading: str
    text: str
    is_scanned: bool
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """Some pages in a row; `before` and `after` begin the pieces around it, None at an end."""

    pages: tuple[ShownPage, ...]
    before: int | None
    after: int | None


def read_piece(document: Document, first: int) -> Piece:
    """Return the pages from number `first` on. Reads the database: call it in a thread."""
    sizes = document.pages.filter(number__gte=first).annotate(size=Length("text"))
    last = _last_that_fits(list(sizes.values_list("number", "size")[:PAGES_AT_ONCE]))
    rows = document.pages.filter(number__gte=first, number__lte=last).defer("text")
    pages = rows.annotate(size=Length("text"), start=Substr("text", 1, CHARACTERS_AT_ONCE))
    shown = tuple(
        ShownPage(
            row.number,
            page_labels.heading(document.unit, row.number, row.name),
            row.start,
            row.is_scanned,
            row.size > CHARACTERS_AT_ONCE,
        )
        for row in pages
    )
    return Piece(
        shown,
        max(1, first - PAGES_AT_ONCE) if first > 1 else None,
        last + 1 if last < document.read_count else None,
    )


def _last_that_fits(sizes: list[tuple[int, int]]) -> int:
    """Return the number of the last page that fits, of at least one page; 0 without any."""
    last = characters = 0
    for number, size in sizes:
        characters += min(size, CHARACTERS_AT_ONCE)
        if last and characters > CHARACTERS_AT_ONCE:
            break
        last = number
    return last
