"""A text in parts: each is Markdown of its own, with a slot before the next one."""

import re
from itertools import accumulate

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chatapp.rendering import LiveDocument, live_document, render_document, slot
from chatapp.rendering.limits import MAX_OPEN_BLOCK
from tests.rendering.browser import Browser
from tests.rendering.test_live import MARKDOWN, improved, pieces, without_colours


def streamed(parts: list[str], seed: int = 0) -> Browser:
    """Return a browser that has followed a reply in these parts."""
    live, browser = LiveDocument("m"), Browser()
    for number, part in enumerate(parts):
        if number:
            browser.apply(live.add_slot())
        for piece in pieces(part, seed):
            browser.apply(live.append(piece))
            assert browser.html == live.html
    for plain in live.take_plain_blocks():
        browser.apply(live.replace(plain.index, improved(plain)))
    assert live.text == "".join(parts)
    assert live.slots == len(parts) - 1
    return browser


def rendered(parts: list[str]) -> str:
    ends = list(accumulate(map(len, parts[:-1])))
    return render_document("".join(parts), prefix="m", ends=ends)


@settings(deadline=None, max_examples=50)
@given(parts=st.lists(MARKDOWN, min_size=2, max_size=4), seed=st.integers())
@example(parts=["**half", "bold**"], seed=0)
@example(parts=["- a\n", "- b"], seed=0)
@example(parts=["| a |\n|-", "|\n| b |"], seed=0)
@example(parts=["Now:\n\n```py\na = 1\n```", "\n\nDone."], seed=0)
@example(parts=["", "After."], seed=0)
def test_a_page_that_followed_shows_what_is_stored(parts: list[str], seed: int) -> None:
    assume(not any("]:" in part for part in parts))  # references reach backwards
    shown = streamed([*parts, "The end of it"], seed).html

    assert without_colours(shown) == without_colours(rendered([*parts, "The end of it"]))


@pytest.mark.parametrize(
    "first",
    ["```\ncode", "~~~py\nx = 1\n~~~", "> quote", "$$\nx", "A\n    ", "`code", "[a](http://", "#"],
)
def test_no_block_continues_in_the_next_part(first: str) -> None:
    end = f'<div class="block">{slot(1)}</div><div class="block"><p dir="auto">x</p></div>'

    assert rendered([first, "x"]).endswith(end)
    assert streamed([first, "x"]).html.endswith(end)


def test_a_large_block_ends_with_its_part() -> None:
    live, browser = LiveDocument("m"), Browser()
    browser.apply(live.append("word " * (MAX_OPEN_BLOCK // 4)))
    browser.apply(live.add_slot())
    browser.apply(live.append("x"))

    assert browser.blocks[1:] == [slot(1), '<p dir="auto">x</p>']


def test_text_beyond_the_limit_of_html_ends_with_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_document, "max_html", lambda length: 200)

    *before, place, after = streamed(["*a*\n\n" * 20, "x"]).blocks
    assert before[-1].startswith('<p class="source"')
    assert place == slot(1)
    assert after == '<p class="source" dir="auto">x</p>'


def test_headings_continue_over_parts() -> None:
    parts = ["# One\n", "### Two\n"]

    assert 'aria-level="4"' in rendered(parts)
    assert streamed(parts).html == rendered(parts)


def test_footnotes_of_two_parts_have_ids_of_their_own() -> None:
    ids = re.findall(r' id="([^"]+)"', rendered(["One[^1]\n\n[^1]: a\n", "Two[^1]\n\n[^1]: b\n"]))

    assert len(ids) == len(set(ids)) == 4


@pytest.mark.parametrize("text", [slot(1), f"`{slot(1)}`", "a\0b\0c"])
def test_no_text_makes_a_slot(text: str) -> None:
    assert '<div class="activity' not in render_document(text, prefix="m")
