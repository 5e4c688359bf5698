"""Valid text: halves of surrogate pairs and control characters are replaced or removed."""

import json
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.server.valid_text import (
    SourceStream,
    TextJoiner,
    make_valid,
    make_valid_json,
    make_valid_source,
)
from tests.texts import ANY_TEXT, LONG_TEXTS, TEXTS, is_valid, valid

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)


def pieces_of[T: (str, bytes)](whole: T, cuts: list[int]) -> list[T]:
    places = sorted({0, len(whole), *(cut % (len(whole) + 1) for cut in cuts)})
    return [whole[a:b] for a, b in pairwise(places)]


@pytest.mark.parametrize("name", [*TEXTS, *LONG_TEXTS])
def test_only_invalid_text_is_changed(name: str) -> None:
    assert make_valid((TEXTS | LONG_TEXTS)[name]) == valid(name)


@given(ANY_TEXT)
def test_any_text_becomes_valid_without_growing(text: str) -> None:
    made = make_valid(text)

    assert is_valid(made)
    assert len(made) <= len(text)
    assert make_valid(made) is made


@given(JSON)
def test_any_json_becomes_valid(value: Any) -> None:
    assert is_valid(make_valid_json(value))


@given(JSON, st.booleans())
def test_json_source_parses_to_valid_text(value: Any, ascii_only: bool) -> None:
    source = make_valid_source(json.dumps(value, ensure_ascii=ascii_only))

    assert json.loads(source) == make_valid_json(value)


@pytest.mark.parametrize(
    ("source", "made"),
    [
        (r'{"q":"\ud83d"}', r'{"q":"\ufffd"}'),
        (r'{"q":"\uD83D\uDE00"}', r'{"q":"\uD83D\uDE00"}'),
        (r'{"q":"\\ud83d"}', r'{"q":"\\ud83d"}'),
        (r'{"q":"\\\ud83d"}', r'{"q":"\\\ufffd"}'),
        (r'{"q":"\ude00\ud83d"}', r'{"q":"\ufffd\ufffd"}'),
        (r'{"q":"\ud83d\u0041"}', r'{"q":"\ufffd\u0041"}'),
        (r'{"q":"a\u0000b\u00000"}', r'{"q":"ab0"}'),
        (r"no JSON: \ud83", r"no JSON: \ud83"),
        ("\\", "\\"),
        ("\ud83d", "\ufffd"),
    ],
)
def test_escapes_in_json_source_become_valid(source: str, made: str) -> None:
    assert make_valid_source(source) == made


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (["plain"], "plain"),
        (["\ud83e", "\udda9"], "🦩"),
        (["a\ud83e", "\udda9b"], "a🦩b"),
        (["\ud83e", "", "\udda9"], "🦩"),
        (["\ud800", "\udc00"], "\U00010000"),
        (["\udbff", "\udfff"], "\U0010ffff"),
        (["\ud83e", "b"], "\ufffdb"),
        (["\udda9"], "\ufffd"),
        (["a\x00b", "é\x00"], "abé"),
        (["🦩", "é"], "🦩é"),
        (["\ud83e", "\ud83e", "\udda9"], "\ufffd🦩"),
    ],
)
def test_streamed_characters_are_whole(pieces: list[str], shown: str) -> None:
    joiner = TextJoiner()

    assert "".join(map(joiner.feed, pieces)) == shown
    assert joiner.flush() == ""


@given(ANY_TEXT, st.lists(st.integers(0, 50), max_size=4))
def test_pieces_give_the_same_result_as_the_whole(text: str, cuts: list[int]) -> None:
    joiner = TextJoiner()
    made = [*map(joiner.feed, pieces_of(text, cuts)), joiner.flush()]

    assert "".join(made) == make_valid(text)
    assert all(map(is_valid, made))


@given(st.lists(JSON, max_size=3), st.lists(st.integers(0, 500), max_size=6), st.booleans())
def test_streamed_json_parses_to_valid_text(
    values: list[Any], cuts: list[int], ascii_only: bool
) -> None:
    lines = [json.dumps(value, ensure_ascii=ascii_only) for value in values]
    stream = SourceStream()
    data = "\n".join(lines).encode("utf-8", "surrogatepass")
    made = b"".join([*map(stream.feed, pieces_of(data, cuts)), stream.flush()]).decode()

    read = [json.loads(line) for line in made.split("\n") if line]
    assert len(read) == len(values)
    if ascii_only:  # else the bytes of a half are three wrong ones
        assert make_valid_json(read) == make_valid_json(values)
    for value in read:
        json.dumps(value, ensure_ascii=False).encode()


def test_a_streamed_line_is_delivered_at_its_end() -> None:
    stream = SourceStream()

    assert stream.feed(b'data: "\\ud8') == b""
    assert stream.feed(b'3d"\n\nda') == b'data: "\\ufffd"\n\n'
    assert stream.feed(b"ta: 1\r") == b"data: 1\r"
    assert stream.flush() == b""
