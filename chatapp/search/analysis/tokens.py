"""Find the tokens of a text: words, identifiers whole and in parts, pairs of characters where a
script writes no spaces.

A usual message takes some 0.1 ms, because words repeat and each is taken apart once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import islice, pairwise

from chatapp.server.folding import fold, take_apart, without_accents

MAX_TOKENS = 2_000  # of one message
MAX_TOKEN = 60  # characters
MAX_READ = 200_000  # characters of one message
MAX_PARTS = 8  # of one identifier
CACHED_WORD = 40  # characters; longer ones hardly repeat

# Scripts without spaces: Thai, Lao, Myanmar, Khmer, kana, Han, with their marks.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
RUN = re.compile(f"[{UNSPACED}]+")
# `c++`, `c#`, `.net`; `foo.bar`, `a/b-c`, `snake_case`, `it's`, `std::vector`
IDENTIFIER = re.compile(
    rf"(?:(?<!\w)\.)?(?:[^\W{UNSPACED}])+"
    rf"(?:(?:::|->|[-.+/:@'’])(?:[^\W{UNSPACED}])+)*(?:\+\+|\#)?"
)
# What an identifier consists of: `HTTP`, `Server2`, `name`. Only ASCII capitals begin a part.
PART = re.compile(r"[A-Z]+(?![^\WA-Z_])|[A-Z]?[^\WA-Z_]+")
MARKED = re.compile(r"^\.|\+\+$|#$")
ENCODED = re.compile(r"[A-Za-z0-9+/_=-]{80,}")  # base64, keys, hashes: nobody types them


def tokens_of(texts: Iterable[str]) -> list[str]:
    """Return the different tokens of some texts, at most MAX_TOKENS, in their order."""
    found: dict[str, None] = {}
    for text in texts:
        for word in dict.fromkeys(take_apart(text[:MAX_READ]).split()):
            found.update(_known(word) if len(word) <= CACHED_WORD else dict.fromkeys(_take(word)))
            if len(found) >= MAX_TOKENS:
                return list(islice(found, MAX_TOKENS))
    return list(found)


@lru_cache(maxsize=16_384)
def _known(word: str) -> dict[str, None]:
    return dict.fromkeys(_take(word))


def _take(word: str) -> Iterator[str]:
    if word.isascii() and word.isalpha() and (word[1:].islower() or len(word) == 1):
        yield word.lower()[:MAX_TOKEN]
        return
    if len(word) >= 80:
        word = ENCODED.sub(" ", word)
    for run in RUN.findall(word):
        yield from pairs(fold(run))
    for identifier in IDENTIFIER.findall(word):
        yield from _identifier(identifier)


def pairs(run: str) -> Iterator[str]:
    """Return each character, and each two side by side: the words are not known."""
    yield from run
    for first, second in pairwise(run):
        yield first + second


def _identifier(text: str) -> Iterator[str]:
    """Return the whole, each part, and the rest from each part on: `bar.baz` is in `foo.bar.baz`.

    A query is compared with the beginning of these.
    """
    whole = fold(text)
    yield whole[:MAX_TOKEN]
    text = without_accents(text)  # which have capitals of their own
    bare = MARKED.sub("", text)
    starts = [(part.start(), part[0]) for part in islice(PART.finditer(bare), MAX_PARTS)]
    if starts == [(0, text)]:
        return
    for start, part in starts:
        yield fold(part)[:MAX_TOKEN]
        yield fold(bare[start:])[:MAX_TOKEN]
