"""Texts that databases, sockets or pages have trouble with."""

from collections.abc import Collection, Iterable
from typing import Any

import pytest
from hypothesis import strategies as st

MEGABYTE = 1_000_000
TEXTS = {
    "a high half": "a\ud83d",
    "a low half": "\ude00b",
    "halves the wrong way round": "\ude00\ud83d",
    "both halves of a character": "\ud83d\ude00",
    "NUL": "a\0b",
    "a lone combining mark": "\u0301",
    "noncharacters": "\ufffe\uffff\U0001ffff",
    "direction controls": "\u202eabc\u2066\u200f",
}
FEW = ("a high half", "NUL", "direction controls")
LONG_TEXTS = {
    "a megabyte of one letter": "m" * MEGABYTE,
    "a megabyte of marks on one letter": "a" + "\u0301" * (MEGABYTE // 2),
}
VALID = {
    "a high half": "a\ufffd",
    "a low half": "\ufffdb",
    "halves the wrong way round": "\ufffd\ufffd",
    "both halves of a character": "😀",
    "NUL": "ab",
}
# Any code point, halves of surrogate pairs too, and often one of those above.
ANY_TEXT = st.lists(
    st.one_of(
        st.text(st.characters(exclude_categories=()), max_size=5),
        st.sampled_from([*TEXTS.values()]),
    ),
    max_size=4,
).map("".join)


def sampled(names: Iterable[str], few: Collection[str] = FEW) -> list[Any]:
    """Return these names as parameters; only the long form of a test has more than a few."""
    return [pytest.param(name, marks=() if name in few else pytest.mark.long) for name in names]


def valid(name: str) -> str:
    """Return the valid form of a text."""
    return VALID.get(name) or TEXTS.get(name) or LONG_TEXTS[name]


def is_valid(value: object) -> bool:
    """Return whether every text in a JSON value can be stored, sent and shown anywhere."""
    match value:
        case str():
            return "\0" not in value and value == value.encode("utf-8", "replace").decode()
        case dict():
            return all(map(is_valid, value)) and all(map(is_valid, value.values()))
        case list():
            return all(map(is_valid, value))
    return True
