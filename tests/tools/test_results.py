"""The text of a result: a JSON object of bounded size, shortened inside."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.tools.results import INCOMPLETE, MAX_BYTES, to_json

SMALL = 400  # bytes


def size(text: str) -> int:
    return len(text.encode())


def test_content_within_the_limit_is_unchanged() -> None:
    content = {"b": "ü", "a": [1, None, {"c": 0.5}], "": True}

    assert to_json(content) == '{"b":"ü","a":[1,null,{"c":0.5}],"":true}'


def test_a_long_text_loses_its_end_and_the_rest_stays() -> None:
    content = {"title": "Herons", "text": "heron " * 1_000, "links": ["a", "b"]}

    text = to_json(content, SMALL)

    found = json.loads(text)
    assert SMALL - 10 < size(text) <= SMALL  # as much as there is room for
    assert found["incomplete"] == INCOMPLETE
    assert next(iter(found)) == "incomplete"
    assert (found["title"], found["links"]) == ("Herons", ["a", "b"])
    assert found["text"].startswith("heron heron")
    assert found["text"].endswith("…")


def test_bytes_count_and_not_characters() -> None:
    for char in ("é", "漢", "😀", '"', "\n", "\x01"):
        text = to_json({"text": char * 1_000}, SMALL)
        assert SMALL - 20 < size(text) <= SMALL
        assert set(json.loads(text)["text"]) == {char, "…"}


def test_long_lists_and_objects_lose_their_ends() -> None:
    found = json.loads(to_json({"rows": [{"id": n} for n in range(1_000)]}, SMALL))
    assert found["rows"][:2] == [{"id": 0}, {"id": 1}]
    assert found["rows"][-1] == "…"

    found = json.loads(to_json({f"key {n}": n for n in range(1_000)}, SMALL))
    assert found["key 0"] == 0
    assert found["…"] == "…"


@pytest.mark.parametrize(
    "content",
    [
        {"a": "x" * 20_000_000},
        {"a": [["x" * 100] * 100] * 100},
        {"a": list(range(300_000))},
        {"x" * 1_000_000: 1},
        {str(n): str(n) * 100 for n in range(20_000)},
    ],
    ids=range(5),
)
def test_a_huge_value_is_shortened_quickly(content: dict[str, Any]) -> None:
    begun = time.process_time()

    text = to_json(content)

    assert size(text) <= MAX_BYTES
    assert json.loads(text)["incomplete"] == INCOMPLETE
    assert time.process_time() - begun < 5  # seconds; measured 0.3


def test_nul_and_halves_of_characters_are_removed() -> None:
    content = {"a\x00": ["\ud800b", ("\x00",)], "c": {"d": "\udfff"}}

    assert json.loads(to_json(content)) == {"a": ["\ufffdb", [""]], "c": {"d": "\ufffd"}}


def test_a_character_is_never_split() -> None:
    text = to_json({"text": "👨‍👩‍👧" * 1_000}, SMALL)

    text.encode()  # halves can't be encoded
    assert "?" not in text


KEYS = st.sampled_from(["", "a", "b", "long " * 20, "…", "incomplete"])
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=60),
    lambda inner: st.lists(inner, max_size=12) | st.dictionaries(KEYS, inner),
    max_leaves=30,
)


@settings(max_examples=60)
@given(st.dictionaries(KEYS, JSON))
def test_every_value_becomes_an_object_within_the_limit(content: dict[str, Any]) -> None:
    text = to_json(content, SMALL)

    assert isinstance(json.loads(text), dict)
    assert json.loads(text)
    assert size(text) <= SMALL


@pytest.mark.parametrize("value", [object(), {1, 2}, b"bytes", float("nan"), float("inf")])
def test_values_that_json_lacks_are_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        to_json({"value": value})
