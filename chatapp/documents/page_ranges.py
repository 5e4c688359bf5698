"""Pages as people write them: "1-80, 95"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext

MAX_RANGES = 30
MAX_DOCUMENT_TOKENS = 100_000  # of all documents of a chat that go to the model
MAX_PROJECT_TOKENS = MAX_DOCUMENT_TOKENS // 2  # of these, those of the project of a chat
RANGE = re.compile(r"(\d{1,6})(?:\s*[-\u2013]\s*(\d{1,6}))?", re.ASCII)


class RangesRefused(ValueError):
    """Report ranges that can't be read; `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def parse(text: str, count: int) -> list[int]:
    """Return the numbers of the pages in `text`, ascending, each once; `count` is the last page.

    Raises RangesRefused.
    """
    pages: set[int] = set()
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if len(parts) > MAX_RANGES:
        raise RangesRefused(
            gettext("Name up to %(count)s ranges of pages.") % {"count": MAX_RANGES}
        )
    for part in parts:
        found = RANGE.fullmatch(part)
        if not found:
            raise RangesRefused(gettext("Write pages like this: 1-80, 95"))
        first = int(found[1])
        last = int(found[2] or first)
        if not 1 <= first <= last <= count:
            raise RangesRefused(
                gettext("There is no such range: %(range)s. The last page is %(last)s.")
                % {"range": part, "last": count}
            )
        pages.update(range(first, last + 1))
    return sorted(pages)


def write(pages: Iterable[int]) -> str:
    """Return ascending numbers as ranges."""
    runs = groupby(enumerate(pages), key=lambda pair: pair[1] - pair[0])
    ends = [[number for _, number in run] for _, run in runs]
    return ", ".join(f"{run[0]}-{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in ends)
