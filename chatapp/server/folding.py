"""Fold text, so that spellings that people take for the same are equal."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Letters that Unicode doesn't take apart into a base and a mark, and typographic signs.
LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "’": "'"}
)
# Accents of Latin, Greek and Cyrillic. Marks of other scripts are vowels and change the word.
ACCENTS = re.compile("[\u0300-\u036f]+")
# Letters and digits that stand for several words, or for something between brackets. Folded, they
# would become tokens with spaces and other signs, which no database takes for one word.
SEVERAL = re.compile(
    "[\u037a\u2474-\u2487\u309b\u309c\u3220-\u3229\ufc5e-\ufc63\ufdfa\ufdfb\ufe70-\ufe7f"
    "\U0001f101-\U0001f10a]"
)


def fold(text: str) -> str:
    """Return the text without case, accents and differences of width."""
    if text.isascii():
        return text.lower()
    return without_accents(unicodedata.normalize("NFKC", text).casefold().translate(LETTERS))


def take_apart(text: str) -> str:
    """Return the text with the words of signs that stand for several."""
    if text.isascii():
        return text
    return SEVERAL.sub(lambda sign: unicodedata.normalize("NFKC", sign[0]), text)


def without_accents(text: str) -> str:
    return unicodedata.normalize("NFC", ACCENTS.sub("", unicodedata.normalize("NFD", text)))


def fold_with_places(text: str) -> tuple[str, list[int] | range]:
    """Return the folded text, and for each of its characters the index of its origin in `text`.

    The origin of the end comes last. Characters are folded one by one: a mark that stands alone
    vanishes with its accent.
    """
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    pieces, places = [], []
    for index, character in enumerate(text):
        piece = _fold_one(character)
        pieces.append(piece)
        places += [index] * len(piece)
    places.append(len(text))
    return "".join(pieces), places


@lru_cache(maxsize=4096)
def _fold_one(character: str) -> str:
    return fold(character)
