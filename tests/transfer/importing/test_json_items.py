"""Reading a JSON array item by item, whatever is in it and wherever a block ends."""

import io
import json
from typing import Any, BinaryIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.server.valid_text import make_valid_json
from chatapp.transfer.importing import json_items
from chatapp.transfer.importing.json_items import Item, Problem, items

ANY = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text()),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=12,
)


def read(content: bytes | str | BinaryIO, max_bytes: int = 10_000) -> list[Item]:
    if isinstance(content, str):
        content = content.encode()
    return list(items(io.BytesIO(content) if isinstance(content, bytes) else content, max_bytes))


@given(st.lists(ANY, max_size=5), st.integers(1, 40), st.sampled_from([None, 1]), st.booleans())
def test_every_array_is_read_in_blocks_of_any_size(
    values: list[Any], block: int, indent: int | None, is_ascii: bool
) -> None:
    text = json.dumps(values, indent=indent, ensure_ascii=is_ascii).encode("utf-8", "replace")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(json_items, "BLOCK_BYTES", block)
        found = read(text)

    assert [item.value for item in found] == make_valid_json(json.loads(text))
    assert not any(item.problem for item in found)


def test_an_object_is_the_only_item() -> None:
    assert read('\ufeff\n {"a": [1, {"b": "}"}]} rest') == [Item({"a": [1, {"b": "}"}]})]


def test_an_item_that_is_too_large_is_passed_over() -> None:
    large = json.dumps({"text": "x" * 20_000})

    assert read(f"[1, {large}, 2]") == [Item(1), Item(None, Problem.TOO_LARGE), Item(2)]


def test_a_broken_item_is_passed_over() -> None:
    assert read('[1, {"a" 2}, "\\x", 3]') == [
        Item(1),
        Item(None, Problem.NOT_JSON),
        Item(None, Problem.NOT_JSON),
        Item(3),
    ]


def test_nesting_that_would_exhaust_the_stack_is_passed_over() -> None:
    deep = "[" * 3_000 + "]" * 3_000

    assert read(f"[{deep}, 1]") == [Item(None, Problem.NOT_JSON), Item(1)]


@pytest.mark.parametrize("content", ['[1, {"a": "b', "[1, 2", '[1, "'])
def test_what_arrived_of_a_truncated_file_is_read(content: str) -> None:
    assert read(content) == [Item(1), Item(None, Problem.TRUNCATED)]


@pytest.mark.parametrize("content", [b"", b"  \n", b"hello", b"PK\3\4", b"\xff\xfe[\0", b"null"])
def test_a_file_of_something_else_is_no_json(content: bytes) -> None:
    assert read(content) == [Item(None, Problem.NOT_JSON)]


def test_an_empty_array_has_no_items() -> None:
    assert read("[ ]") == []


def test_letters_that_are_no_utf_8_break_only_their_item() -> None:
    assert read(b'["\xff", 1]') == [Item(None, Problem.NOT_JSON), Item(1)]
