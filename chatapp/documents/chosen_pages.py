"""A document as a person attaches it: whole, or with the pages that they chose."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.utils.translation import gettext

from . import page_ranges, sizes
from .page_ranges import RangesRefused

if TYPE_CHECKING:
    from .models import Document
    from .sizes import PageSize

MAX_LENGTH = 200  # characters of the ranges, as they are stored


class ChosenPages(NamedTuple):
    """A document, and ranges of its pages such as "1-80, 95"; empty for all that fit."""

    document: Document
    pages: str = ""

    def checked(self) -> Self:
        """Return the same choice as it is stored; all of the pages are no choice.

        Raises RangesRefused for pages that the document doesn't have.
        """
        count = self.document.read_count
        pages = page_ranges.parse(self.pages, count)
        ranges = "" if len(pages) == count else page_ranges.write(pages)
        if len(ranges) > MAX_LENGTH:
            raise RangesRefused(gettext("These are too many ranges. Name fewer of them."))
        return self._replace(pages=ranges)

    @property
    def sizes(self) -> list[PageSize]:
        """Return the sizes of the chosen pages, by one query."""
        every = sizes.sizes_of(self.document)
        chosen = set(page_ranges.parse(self.pages, self.document.read_count))
        return [size for size in every if size.number in chosen] if chosen else every
