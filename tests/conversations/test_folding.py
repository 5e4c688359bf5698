"""A long message is cut into its first lines and pieces that a browser can lay out one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.conversations.folding import PIECE_LENGTH, pieces_of


@pytest.mark.parametrize("text", ["", "short", "line\n" * 20, "word " * 250])
def test_a_short_text_is_one_piece(text: str) -> None:
    assert pieces_of(text) == [text]


def test_the_first_twenty_lines_are_shown() -> None:
    text = "".join(f"line {number}\n" for number in range(1, 101))

    first, rest = pieces_of(text)

    assert first.endswith("line 20\n")
    assert rest.startswith("line 21\n")


def test_one_long_line_is_cut_between_words() -> None:
    first, *_ = pieces_of("word " * 1_000)

    assert first.endswith("word ")
    assert 1_300 < len(first) <= 1_400


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "line\n" * 200_000, "\n" * 50_000, "a b " * 9_999]
)
def test_the_pieces_of_a_long_text_are_small_and_make_the_text(text: str) -> None:
    pieces = pieces_of(text)

    assert "".join(pieces) == text
    assert all(0 < len(piece) <= PIECE_LENGTH for piece in pieces)


@given(st.text(alphabet="ab \n🦩", max_size=9_000))
def test_nothing_is_lost(text: str) -> None:
    assert "".join(pieces_of(text)) == text
