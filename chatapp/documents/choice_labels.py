"""Which pages of a document go along, in words for the person who chooses them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from . import page_ranges
from .chosen_pages import ChosenPages
from .labels import COUNTS, about, extent, going, shown
from .sizes import TOKENS_AROUND, Choice
from .worker.pages import Unit

if TYPE_CHECKING:
    from .models import Document

MAX_RANGES_SHOWN = 3  # in a line beside the name of a file
SENT: dict[str, Callable[[], str]] = {
    Unit.PAGE: lambda: gettext("%(kind)s, p. %(pages)s of %(count)s"),
    Unit.SHEET: lambda: gettext("%(kind)s, sheet %(pages)s of %(count)s"),
    Unit.SLIDE: lambda: gettext("%(kind)s, slide %(pages)s of %(count)s"),
    Unit.CHAPTER: lambda: gettext("%(kind)s, chapter %(pages)s of %(count)s"),
}


CHOOSE: dict[str, Callable[[], str]] = {
    Unit.PAGE: lambda: gettext("Choose pages"),
    Unit.SHEET: lambda: gettext("Choose sheets"),
    Unit.SLIDE: lambda: gettext("Choose slides"),
    Unit.CHAPTER: lambda: gettext("Choose chapters"),
}


def may_choose(document: Document) -> bool:
    """Return whether a person may choose pages: parts of a text are only ours."""
    return document.unit in COUNTS and document.read_count > 1


def extent_along(document: Document, pages: str) -> str:
    """Return what a document is and which of its pages went along with a message."""
    if pages == page_ranges.write(range(1, document.page_count + 1)):
        return extent(document)
    if not pages:
        return gettext("%(extent)s, none sent") % {"extent": extent(document)}
    if document.unit not in SENT:
        return gettext("%(extent)s, only its beginning") % {"extent": extent(document)}
    ranges = pages.split(", ")
    more = ", …" * (len(ranges) > MAX_RANGES_SHOWN)
    return SENT[document.unit]() % {
        "kind": extent(document).split(", ")[0],
        "pages": shown(", ".join(ranges[:MAX_RANGES_SHOWN])) + more,
        "count": f"{document.page_count:,}",
    }


def note(chosen: ChosenPages, fitting: Choice) -> str:
    """Return what goes along before a message is sent, and what doesn't fit."""
    document = chosen.document
    if not fitting.pages:
        return f"{extent(document)}. {_none(chosen)}"
    if len(fitting.pages) == document.read_count:
        rest = gettext("It is too long to be read to its end.") if document.is_cut else ""
        return f"{extent(document)}, {about(fitting.tokens)}{rest and f'. {rest}'}"
    if not may_choose(document):
        beginning = gettext("Only its beginning goes to the model")
        return f"{extent(document)}. {beginning}, {about(fitting.tokens)}."
    sentences = f"{extent(document)}. {going(document, fitting.pages)}, {about(fitting.tokens)}."
    if chosen.pages and is_cut(chosen, fitting):
        sentences += " " + gettext("The rest of what you chose doesn't fit.")
    return sentences


def note_of(document: Document, pages: str, tokens: int) -> str:
    """Return the note of pages that a message or a draft already has, with the estimate of both
    their text and the label."""
    try:
        numbers = page_ranges.parse(pages, document.read_count)
    except page_ranges.RangesRefused:  # an import may have brought them
        return document.note
    return note(ChosenPages(document, pages), Choice(numbers, max(0, tokens - TOKENS_AROUND), 0))


def summary(chosen: ChosenPages, fitting: Choice) -> str:
    """Return how much a choice is, and how much of it fits."""
    if not fitting.pages:
        return _none(chosen)
    count = len(fitting.pages)
    size = COUNTS[chosen.document.unit](count) % {"count": f"{count:,}"}
    size = f"{size}, {about(fitting.tokens)}"
    if not is_cut(chosen, fitting):
        return size
    pages = shown(page_ranges.write(fitting.pages))
    return gettext("Only %(pages)s of these fit: %(size)s") % {"pages": pages, "size": size}


def is_cut(chosen: ChosenPages, fitting: Choice) -> bool:
    """Return whether something of the choice, or of the whole document without one, has no room."""
    count = chosen.document.read_count
    wanted = len(page_ranges.parse(chosen.pages, count)) if chosen.pages else count
    return wanted > len(fitting.pages)


def _none(chosen: ChosenPages) -> str:
    if chosen.pages:
        return gettext("None of these pages fit. The model can look things up in it.")
    return gettext("None of it fits beside the other files. The model can look things up in it.")
