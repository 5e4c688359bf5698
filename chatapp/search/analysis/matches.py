"""Find the words of a query in a text: what tokens can't tell, and what is highlighted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from chatapp.search.analysis.queries import Query
from chatapp.search.analysis.tokens import MAX_READ, RUN, UNSPACED
from chatapp.server.folding import fold, fold_with_places

EXCERPT = 220  # characters
BEFORE = 60  # of them before the first hit
WINDOW = (
    20_000  # characters looked at together: all other threads wait while an expression is tried
)
OVERLAP = 2_000  # of two windows, so that a phrase between them is found
LETTER = rf"[^\W_{UNSPACED}]"  # next to which a word goes on
SPACES = re.compile(r"\s+")


class Matcher:
    """Compares texts with a query."""

    def __init__(self, query: Query) -> None:
        self._verified = [_pattern([needle], ends=True) for needle in query.verified]
        self._forbidden = [_pattern([needle], ends=True) for needle in query.forbidden]
        # Longer ones first: a phrase is one hit, not several.
        needles = sorted(query.needles, key=len, reverse=True)
        self._words = _pattern(needles) if needles else None
        self._anywhere = _pattern(needles, begins=False) if needles else None

    @property
    def must_read(self) -> bool:
        """Return whether the tokens alone can't decide."""
        return bool(self._verified or self._forbidden)

    def accepts(self, texts: Iterable[str]) -> bool:
        folded = "\n".join(fold(text[:MAX_READ]) for text in texts)
        return all(_is_in(folded, pattern) for pattern in self._verified) and not any(
            _is_in(folded, pattern) for pattern in self._forbidden
        )

    def excerpt(self, texts: Sequence[str]) -> SafeString:
        """Return safe HTML of the place of the first hit, else of the beginning."""
        for pattern in (self._words, self._anywhere):
            for text in texts:
                if pattern and (part := _near(pattern, text)) is not None:
                    return _marked(pattern, part)
        return _marked(None, _begin(next(filter(None, texts), "")))

    def highlight(self, text: str) -> SafeString:
        """Return the whole text as safe HTML, with every hit marked."""
        for pattern in (self._words, self._anywhere):
            if pattern and pattern.search(fold(text)):
                return _marked(pattern, text)
        return escape(text)


def _pattern(needles: Sequence[str], *, begins: bool = True, ends: bool = False) -> re.Pattern[str]:
    return re.compile("|".join(_bounded(needle, begins, ends) for needle in needles))


def _bounded(needle: str, begins: bool, ends: bool) -> str:
    words = r"\s+".join(map(re.escape, needle.split()))
    before = f"(?<!{LETTER})" if begins and _needs_bound(needle[0]) else ""
    after = f"(?!{LETTER})" if ends and _needs_bound(needle[-1]) else ""
    return before + words + after


def _needs_bound(character: str) -> bool:
    return character.isalnum() and not RUN.match(character)


def _is_in(text: str, pattern: re.Pattern[str]) -> bool:
    for begin, end in _windows(text):
        hit = pattern.search(text, begin, end)
        # At the end of a window a word may go on; the next window knows.
        if hit and (hit.end() < end or end >= len(text)):
            return True
    return False


def _windows(text: str) -> Iterator[tuple[int, int]]:
    """Yield parts of a text as far as the index has read it."""
    for begin in range(0, min(len(text), MAX_READ), WINDOW):
        yield begin, begin + WINDOW + OVERLAP


def _near(pattern: re.Pattern[str], text: str) -> str | None:
    """Return the part of a text around the first hit."""
    for begin, end in _windows(text):
        part = text[begin:end]
        if hit := pattern.search(fold(part)):
            break
    else:
        return None
    at = begin + hit.start()
    if not part.isascii():
        folded, places = fold_with_places(part)
        found = pattern.search(folded)
        at = begin + (places[found.start()] if found else 0)
    start = max(0, at - BEFORE)
    if start and (space := text.find(" ", start, at)) != -1:
        start = space + 1
    shown = text[start : start + EXCERPT]
    return ("… " if start else "") + shown + ("…" if start + EXCERPT < len(text) else "")


def _begin(text: str) -> str:
    return text[:EXCERPT] + ("…" if len(text) > EXCERPT else "")


def _marked(pattern: re.Pattern[str] | None, text: str) -> SafeString:
    text = SPACES.sub(" ", text)
    folded, places = fold_with_places(text)
    pieces, end = [], 0
    for hit in pattern.finditer(folded) if pattern else ():
        start, stop = places[hit.start()], places[hit.end() - 1] + 1
        if start < end or not hit[0]:
            continue
        pieces += [escape(text[end:start]), f"<mark>{escape(text[start:stop])}</mark>"]
        end = stop
    # Every piece is escaped above.
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308
