"""A reply resumes after an interruption: repeated text is dropped, everything else is kept."""

from itertools import pairwise

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from chatapp.replies.overlap import LONGEST_OVERLAP, SHORTEST_OVERLAP, OverlapFilter

FENCE = "Look:\n\n```python\ndef f():\n    return"

# Few characters, so that overlaps by chance, fences and line ends come up often.
texts = st.text("ab `~-\n", max_size=60) | st.lists(
    st.sampled_from(["```python\n", "```", "~~~", "~~~~ x\n", "\n", "   ", "- ", "word ", "```\n"]),
    max_size=12,
).map("".join)
characters = st.characters(codec="utf-8", exclude_characters="`~")
prose = st.text(characters, max_size=500)


def joined(saved: str, *pieces: str) -> str:
    """Return the text that is appended to the saved text."""
    overlap = OverlapFilter(saved)
    return "".join([*map(overlap.feed, pieces), overlap.flush()])


@given(st.text(characters, min_size=SHORTEST_OVERLAP, max_size=500), prose, st.data())
def test_repeated_characters_are_dropped_exactly(saved: str, new: str, data: st.DataObject) -> None:
    most = min(len(saved), LONGEST_OVERLAP)
    count = data.draw(st.integers(SHORTEST_OVERLAP, most))
    answer = saved[-count:] + new
    assume(not any(saved.endswith(answer[:n]) for n in range(count + 1, most + 1)))

    assert joined(saved, answer) == new


@given(prose, prose)
@example("x" * 500, "x" * 500)
def test_without_an_overlap_nothing_is_lost(saved: str, new: str) -> None:
    overlaps = range(SHORTEST_OVERLAP, LONGEST_OVERLAP + 1)
    longest = max((n for n in overlaps if n <= len(new) and saved.endswith(new[:n])), default=0)

    assert joined(saved, new) == new[longest:]


@given(texts, texts, st.integers(0, 30), st.sets(st.integers(0, 90)))
@example(FENCE, "```python\n    return 1", 0, {1})
@example("a" * 20, "a" * 19 + "b", 0, {19})
def test_the_split_into_pieces_makes_no_difference(
    saved: str, new: str, repeated: int, places: set[int]
) -> None:
    answer = saved[len(saved) - repeated :] + new if repeated <= len(saved) else new
    borders = [0, *sorted(place for place in places if place < len(answer)), len(answer)]
    pieces = [answer[start:end] for start, end in pairwise(borders)]

    whole = joined(saved, answer)

    assert joined(saved, *pieces) == whole
    assert joined(saved, *answer) == whole
    assert answer.endswith(whole)


@given(texts, texts)
def test_released_text_is_never_withdrawn(saved: str, new: str) -> None:
    """Once the first character is released, every piece passes at once."""
    overlap, out = OverlapFilter(saved), ""
    for character in new:
        piece = overlap.feed(character)
        assert not out or piece == character
        out += piece


def test_a_longest_overlap_is_dropped_and_a_longer_one_is_not() -> None:
    saved = "".join(f"{number:04}" for number in range(200))

    assert joined(saved, saved[-400:] + "new") == "new"
    assert joined(saved, saved[-401:] + "new") == saved[-401:] + "new"


def test_twelve_characters_are_an_overlap_and_eleven_are_chance() -> None:
    assert joined("It says abcdefghijkl", "abcdefghijkl, and more") == ", and more"
    assert joined("It says bcdefghijkl", "bcdefghijkl, and more") == "bcdefghijkl, and more"
    assert joined("abcdefghijkl", "abcdefghijkl, and more") == ", and more"


def test_the_longest_of_several_overlaps_counts() -> None:
    saved = "x" * 30

    assert joined(saved, "x" * 20 + "y") == "y"
    assert joined(saved, "x" * 35) == "x" * 5


@pytest.mark.parametrize(
    ("saved", "new"),
    [
        ("", "Hello"),
        ("short", "short"),
        ("short", "s"),
        ("A whole sentence stands here", ", and goes on"),
        ("A whole sentence stands here", "\n\nA paragraph"),
        (FENCE, " 1\n```\nDone."),
    ],
)
def test_a_first_token_that_repeats_nothing_passes_at_once(saved: str, new: str) -> None:
    assert OverlapFilter(saved).feed(new) == new


def test_text_is_held_only_while_it_can_be_a_repetition() -> None:
    overlap = OverlapFilter("The cat sat on the mat. Then it")

    assert overlap.feed("The cat sat") == ""
    assert overlap.feed(" on the mat. Th") == ""
    assert overlap.feed("ree") == "The cat sat on the mat. Three"
    assert overlap.feed("The cat sat") == "The cat sat"


def test_a_text_that_ends_while_it_is_held_is_kept() -> None:
    overlap = OverlapFilter("The cat sat on the mat. Then it")

    assert overlap.feed("The cat sat on") == ""
    assert overlap.flush() == "The cat sat on"
    assert overlap.flush() == ""


@pytest.mark.parametrize(
    ("saved", "new", "added"),
    [
        # The opening again, in the middle of a line and at the end of one.
        (FENCE, "```python\n 1\n", " 1\n"),
        (FENCE + " 1\n", "```python\nf()\n", "f()\n"),
        # With an overlap behind it.
        (FENCE, "```python\ndef f():\n    return 1\n", " 1\n"),
        (FENCE + " 123456789012", "```python\n 123456789012 + 3", " + 3"),
        # Tildes, longer marks, indents, lists and quotes.
        ("~~~sh\nls", "~~~sh\n -l", " -l"),
        ("````md\n```py\n", "````md\nx", "x"),
        ("- a\n  - b\n      ```js\n      let", "```js\n x", " x"),
        ("- a\n  - b\n      ```js\n      let", "      ```js\n x", " x"),
        ("1. ```js\n   let", "   ```js\n x", " x"),
        ("```py `\n```sh\nls", "```sh\n -l", " -l"),
        # Cut inside the opening itself.
        ("Look:\n```", "```python\nx", "python\nx"),
        ("Look:\n```pyth", "```python\nx", "on\nx"),
        ("Look:\n```python", "```python\nx", "\nx"),
        # An opening that only looks closed.
        ("```py\n~~~\n", "```py\nx", "x"),
        ("````py\n```\n", "````py\nx", "x"),
        ("```py\n```py\n", "```py\nx", "x"),
        ("```py\n- ```\n", "```py\nx", "x"),
        ("```py\n    ```\n", "```py\nx", "x"),
    ],
)
def test_a_repeated_opening_of_an_open_fence_is_dropped(saved: str, new: str, added: str) -> None:
    assert joined(saved, new) == added


@pytest.mark.parametrize(
    ("saved", "new"),
    [
        (FENCE + " 1\n```\n", "```python\nf()\n"),  # closed
        (FENCE + " 1\n   ``` \t", "```python\nf()\n"),
        ("~~~python\n1\n~~~~\n", "~~~python\n2\n"),
        ("- ```python\n  1\n  ```\n", "```python\n2\n"),
        (FENCE, "\n```\n"),  # closes
        ("```\n1\n", "```\nText"),  # closes: the same as an opening without a language
        ("```markdown\n# A\n", "```python\nf()\n"),  # another fence inside the fence
        ("````python\n", "```python\nf()\n"),
        ("Text\n", "```python\nf()\n"),
        ("a ```python\n", "```python\nf()\n"),  # no fence
        ("```a`b\n", "```a`b\n"),
        (FENCE, "```python"),  # not a whole line
    ],
)
def test_any_other_fence_is_kept(saved: str, new: str) -> None:
    assert joined(saved, new) == new


def test_an_opening_is_held_until_its_line_is_whole() -> None:
    overlap = OverlapFilter(FENCE)

    assert [overlap.feed(piece) for piece in ["```", "py", "thon", "\n", " 1", "\n"]] == [
        *[""] * 4,
        " 1",
        "\n",
    ]
