import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.documents.page_ranges import RangesRefused, parse, write


@given(st.sets(st.integers(1, 400), max_size=25))
def test_what_is_written_is_read_again(pages: set[int]) -> None:
    assert parse(write(sorted(pages)), 400) == sorted(pages)


@pytest.mark.parametrize(
    ("text", "pages"),
    [("", []), ("7", [7]), ("1-3", [1, 2, 3]), (" 2 – 3 ,9, 2", [2, 3, 9]), ("5,5-6,", [5, 6])],
)
def test_ranges_are_read_as_people_write_them(text: str, pages: list[int]) -> None:
    assert parse(text, 10) == pages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("0", "The last page is 10"),
        ("8-11", "8-11"),
        ("3-2", "3-2"),
        ("-4", "like this"),
        ("1-2-3", "like this"),
        ("all", "like this"),
        ("٣", "like this"),
        ("99999999", "like this"),
        (",".join(["1"] * 31), "up to 30"),
    ],
)
def test_nonsense_gets_a_sentence(text: str, words: str) -> None:
    with pytest.raises(RangesRefused) as refusal:
        parse(text, 10)
    assert words in refusal.value.sentence
