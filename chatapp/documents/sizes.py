"""What the pages of a document cost the model: their text, and the images of scanned ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from chatapp.inference.context_window import MAX_TOKENS_PER_IMAGE

from .page_ranges import MAX_DOCUMENT_TOKENS

if TYPE_CHECKING:
    from .models import Document, DocumentPage

TOKENS_AROUND = 120  # of the label of a document and the marks of its first pages
MARKS_AROUND = 5  # so many pages are those
TOKENS_PER_MARK = 12  # of each further page: thousands of empty ones aren't free
MAX_SCANS = 20  # scanned pages of one message that go along as images
TOKENS_PER_SCAN = MAX_TOKENS_PER_IMAGE  # it is rendered as large as models look at


class PageSize(NamedTuple):
    """The number of a page and the estimate of its text. A scan is an image without text."""

    number: int
    tokens: int
    is_scan: bool = False


class Choice(NamedTuple):
    """Pages, the tokens of their text and images, and how many of them are images."""

    pages: list[int]
    tokens: int
    scans: int


def sizes_of(document: Document) -> list[PageSize]:
    """Return the sizes of all pages, with one query."""
    rows = document.pages.values_list("number", "tokens", "is_scanned")
    return [_size(*row) for row in rows]


def columns_of(pages: Iterable[DocumentPage]) -> dict[str, int]:
    """Return what the row of a document stores of the sizes of its pages."""
    listed = [_size(page.number, page.tokens, page.is_scanned) for page in pages]
    fitting = choose(listed, MAX_DOCUMENT_TOKENS - TOKENS_AROUND)
    return {
        "read_count": len(listed),
        "tokens": total(listed),
        "fitting_count": len(fitting.pages),
        "fitting_tokens": fitting.tokens,
    }


def choose(sizes: Iterable[PageSize], room: int, scans: int = MAX_SCANS) -> Choice:
    """Return the first pages that fit together into `room` tokens, at most `scans` of them images.

    Pages after one that doesn't fit are left out too, so that what the model reads has no holes
    that nobody asked for. A scan above the limit stays as a mark between pages of text; at the end
    there would be nothing to read.
    """
    pages: list[int] = []
    spent = seen = end = kept = 0
    for number, tokens, is_scan in sizes:
        is_image = is_scan and seen < scans
        cost = TOKENS_PER_SCAN if is_image else tokens
        cost += TOKENS_PER_MARK if len(pages) >= MARKS_AROUND else 0
        if spent + cost > room:
            break
        spent += cost
        seen += is_image
        pages.append(number)
        if is_image or not is_scan:
            end, kept = len(pages), spent
    return Choice(pages[:end], kept, seen)


def share(documents: Sequence[Sequence[PageSize]], room: int) -> list[Choice]:
    """Return the pages of each document that fit together, each with its label, into `room` tokens.

    All get the same room. What one doesn't need is for the longer ones, so that a long document
    never takes the place of a short one.
    """
    scans = _share_of_scans(documents)
    needs = [total(pages, most) for pages, most in zip(documents, scans, strict=True)]
    shortest_first = sorted(range(len(documents)), key=needs.__getitem__)
    chosen: dict[int, Choice] = {}
    for place, index in enumerate(shortest_first):
        part = room // (len(documents) - place) - TOKENS_AROUND
        chosen[index] = choose(documents[index], part, scans[index])
        room -= chosen[index].tokens + TOKENS_AROUND
    for index in shortest_first:  # a long page may have left some room
        more = choose(documents[index], chosen[index].tokens + room, scans[index])
        room -= more.tokens - chosen[index].tokens
        chosen[index] = more
    return [chosen[index] for index in range(len(documents))]


def total(sizes: Iterable[PageSize], most: int = MAX_SCANS) -> int:
    """Return the tokens of all text and marks, and of at most so many scans."""
    listed = list(sizes)
    scans = sum(size.is_scan for size in listed)
    text = sum(size.tokens for size in listed) + of_marks(len(listed))
    return text + TOKENS_PER_SCAN * min(scans, most)


def of_marks(pages: int) -> int:
    """Return the tokens of the marks of so many pages that aren't in `TOKENS_AROUND`."""
    return TOKENS_PER_MARK * max(0, pages - MARKS_AROUND)


def _size(number: int, tokens: int, is_scanned: bool) -> PageSize:
    return PageSize(number, tokens, is_scanned and not tokens)


def _share_of_scans(documents: Iterable[Iterable[PageSize]]) -> list[int]:
    """Return how many images each document has at most: the first ones have theirs first."""
    left, shares = MAX_SCANS, []
    for pages in documents:
        shares.append(min(left, sum(size.is_scan for size in pages)))
        left -= shares[-1]
    return shares
