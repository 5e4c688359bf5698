"""Find words in the stored pages of a document, whatever their case and accents."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from heapq import nlargest
from typing import NamedTuple

from chatapp.server.folding import fold, fold_with_places

from .models import Document

MAX_WORDS = 12  # of a query
MAX_HITS = 10  # pages
MAX_EXCERPTS = 2  # of one page
BEFORE, AFTER = 120, 240  # characters of an excerpt around a word
PAGES_AT_ONCE = 200  # that one query reads
SECONDS = 5.0
WORD = re.compile(r"[^\W_]+(?:['.,:/-][^\W_]+)*")
# Scripts that write words without spaces between them: a word may begin anywhere.
SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


class Hit(NamedTuple):
    """A page with words of the query, and where it has them."""

    number: int
    name: str
    excerpts: tuple[str, ...]


class Found(NamedTuple):
    """The best pages, best first; `pages` pages have as many of the words as the best one.

    Pages after `searched` weren't looked at, because there was no more time.
    """

    hits: tuple[Hit, ...] = ()
    pages: int = 0
    words: int = 0  # of the query
    words_found: int = 0  # on the best page
    searched: int = 0


class _Score(NamedTuple):
    words: int
    has_phrase: bool
    times: int
    place: int  # earlier pages come first: it is negative


def find(document: Document, query: str, seconds: float = SECONDS) -> Found:
    """Return the pages with the most words of a query. Reads the database: call it in a thread."""
    words = list(dict.fromkeys(WORD.findall(fold(query))))[:MAX_WORDS]
    if not words:
        return Found(searched=document.read_count)
    patterns, phrase = [_pattern(word) for word in words], " ".join(words)
    scores: list[_Score] = []
    last, end = 0, time.monotonic() + seconds
    for number, text in _pages(document):
        if time.monotonic() > end:
            break
        last = number
        if score := _score(text, patterns, phrase, number):
            scores.append(score)
    best = nlargest(MAX_HITS, scores)
    most = best[0].words if best else 0
    count = sum(score.words == most for score in scores)
    hits = _hits(document, [-score.place for score in best if score.words == most], patterns)
    return Found(hits, count, len(words), most, last)


def _pattern(word: str) -> re.Pattern[str]:
    begin = "" if SPACELESS.search(word) else r"(?<![^\W_])"
    return re.compile(begin + re.escape(word))


def _pages(document: Document) -> Iterator[tuple[int, str]]:
    """Yield numbers and texts in a few queries: a transaction pooler keeps no cursor."""
    last = 0
    while True:
        rows = document.pages.filter(number__gt=last).values_list("number", "name", "text")
        batch = list(rows[:PAGES_AT_ONCE])
        yield from ((number, f"{name}\n{text}") for number, name, text in batch)
        if len(batch) < PAGES_AT_ONCE:
            return
        last = batch[-1][0]


def _score(
    text: str, patterns: Sequence[re.Pattern[str]], phrase: str, number: int
) -> _Score | None:
    folded = fold(text)
    times = [sum(1 for _ in pattern.finditer(folded)) for pattern in patterns]
    words = sum(map(bool, times))
    if not words:
        return None
    return _Score(words, phrase in " ".join(folded.split()), sum(times), -number)


def _hits(
    document: Document, numbers: Sequence[int], patterns: Sequence[re.Pattern[str]]
) -> tuple[Hit, ...]:
    pages = {page.number: page for page in document.pages.filter(number__in=numbers)}
    return tuple(
        Hit(number, page.name, _excerpts(page.text, patterns))
        for number in numbers
        if (page := pages.get(number))
    )


def _excerpts(text: str, patterns: Sequence[re.Pattern[str]]) -> tuple[str, ...]:
    folded, places = fold_with_places(text)
    excerpts: list[str] = []
    shown = -1  # up to where the excerpts go
    starts = sorted(found.start() for each in patterns if (found := each.search(folded)))
    for start in starts:
        place = places[start]
        if place < shown or len(excerpts) == MAX_EXCERPTS:
            continue
        begin, shown = max(0, place - BEFORE), place + AFTER
        cut = "…" if begin else ""
        excerpts.append(
            cut + " ".join(text[begin:shown].split()) + ("…" if shown < len(text) else "")
        )
    return tuple(excerpts)
