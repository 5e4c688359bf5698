"""The streaming renderer: patches, chunking, and agreement with the finished document."""

import random
import re
from collections.abc import Iterator

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chatapp.rendering import LiveDocument, PlainBlock, PlainCode, render_block, render_document
from chatapp.rendering.incomplete import presentable
from tests.rendering.browser import Browser

PARTS = [
    *("a", "word ", "é", "😀", "\u2028", "5", "x^2", "www.example.com ", "&amp;", "<", '"'),
    *("\n", "\n\n", "\r\n", "\r", "  ", "    ", "\t", "\0", "\ufeff", "\ud83d"),
    *("- ", "* ", "1. ", "2) ", "> ", "# ", "## ", "---\n", "===\n", "***\n", "- [x] "),
    *("```", "```py\n", "~~~", "```math\n", "`", "**", "*", "~~", "$", "$$", "\\", "\\(", "\\)"),
    *("\u00a0", "[", "](", ")", "http://e.com", "![", "|", "|-|-|\n", "|a|b|\n"),
    *("<div>", "</div>", "<!--", "-->", "<b>", "<script>", "<pre>", "</pre>", "<?"),
]
MARKDOWN = st.lists(st.sampled_from(PARTS), max_size=40).map("".join)


def pieces(text: str, seed: int) -> Iterator[str]:
    randomness = random.Random(seed)
    while text:
        size = randomness.randint(1, 9)
        yield text[:size]
        text = text[size:]


def improved(piece: PlainBlock) -> str:
    html = render_block(piece, prefix="m")
    assert html is not None
    return html


def without_colours(html: str) -> str:
    return re.sub(r"</?span[^>]*>", "", html)


@settings(deadline=None)
@given(text=MARKDOWN, seed=st.integers())
@example(text="- a\n\n1\n\n- b\n", seed=0)
@example(text="<div>\n\n<div>\n\na", seed=0)
@example(text=" ```\n\na\n```\n\nb\n\nc", seed=0)
def test_html_depends_on_the_text_alone(text: str, seed: int) -> None:
    at_once = LiveDocument("m")
    browser = Browser()
    browser.apply(at_once.append(text))
    assert browser.html == at_once.html
    for division in (text, pieces(text, seed)):
        live, browser = LiveDocument("m"), Browser()
        for piece in division:
            browser.apply(live.append(piece))
            assert browser.html == live.html
        assert live.html == at_once.html
        assert live.text == text


@settings(deadline=None)
@given(MARKDOWN.map(lambda text: f"{text}\n\nThe end of it"))
def test_finished_blocks_are_those_of_the_document(text: str) -> None:
    # References reach backwards and half-written ends are shown closed: only there may they differ.
    assume("]:" not in text and presentable(text) == text)
    live = LiveDocument("m")
    live.append(text)
    for piece in live.take_plain_blocks():
        live.replace(piece.index, improved(piece))
    document = render_document(text, prefix="m")
    assert without_colours(live.html) == without_colours(document)


def test_an_answer_ends_as_its_document(answer: str) -> None:
    live, browser = LiveDocument("m"), Browser()
    for piece in pieces(answer, seed=1):
        browser.apply(live.append(piece))
        for ended in live.take_plain_blocks():
            browser.apply(live.replace(ended.index, improved(ended)))
    assert browser.html == live.html
    assert without_colours(live.html) == without_colours(render_document(answer, prefix="m"))


def test_finished_blocks_are_never_touched_again(answer: str) -> None:
    live, lowest = LiveDocument("m"), 0
    for piece in pieces(answer, seed=2):
        indexes = [patch.index for patch in live.append(piece)]
        assert all(index >= lowest for index in indexes)
        lowest = max([lowest, *(index - 1 for index in indexes)])


def test_patches_of_an_answer_are_small(answer: str) -> None:
    live, size, appends = LiveDocument("m"), 0, 0
    for piece in re.findall(r"(?s).{1,4}", answer):
        size += sum(len(patch.html.encode()) for patch in live.append(piece))
        appends += 1
    assert appends > 1_400
    assert size < 60_000


def test_positions_count_utf16_units_and_spare_surrogate_pairs() -> None:
    live = LiveDocument("m")
    live.append("😀😀 a")
    (patch,) = live.append("😁")
    assert patch.kept == len('<p dir="auto">') + 2 + 2 + 2
    assert patch.html == "😁</p>"
    (patch,) = live.append("\n\n😀")
    assert (patch.index, patch.kept) == (1, 0)


def test_a_split_line_ending_is_one() -> None:
    live = LiveDocument("m")
    for piece in ("a\r", "\nb\r", "\n", "\r\nc"):
        live.append(piece)
    assert live.blocks == ('<p dir="auto">a<br>\nb</p>', '<p dir="auto">c</p>')


def test_a_table_arrives_row_by_row() -> None:
    live = LiveDocument("m")
    shown = []
    for piece in ("|a|b", "|\n", "|-", "|-|", "\n", "|1", "|2|\n", "|", "3|4|\n\nend"):
        live.append(piece)
        shown.append((live.html.count("<tr>"), "|" in live.html))
    assert shown == [(0, False)] * 4 + [(1, False), (2, False), (2, False), (2, False), (3, False)]


def test_a_paragraph_does_not_flash_as_a_heading_before_a_list() -> None:
    live = LiveDocument("m")
    for piece in ("Like so:", "\n", "-", " ", "one"):
        live.append(piece)
        assert "<h4" not in live.html
    assert live.blocks[1] == "<ul>\n<li>one</li>\n</ul>"


def test_blocks_that_turn_out_to_be_one_are_merged() -> None:
    live, page = LiveDocument("m"), Browser()
    page.apply(live.append("a\n<div>"))
    assert len(page.blocks) == 2
    page.apply(live.append("</div> b\n"))
    assert len(page.blocks) == 2
    live, page = LiveDocument("m"), Browser()
    page.apply(live.append("a\n# b"))
    assert len(page.blocks) == 2
    page.apply(live.append("c"))
    assert page.html == live.html


def test_a_finished_fence_is_highlighted_once() -> None:
    live, page = LiveDocument("m"), Browser()
    page.apply(live.append("a\n\n```python\ndef f():\n"))
    assert live.take_plain_blocks() == []
    page.apply(live.append("    pass\n```\nb"))
    (fence,) = live.take_plain_blocks()
    assert isinstance(fence, PlainCode)
    assert (fence.index, fence.language, fence.code) == (1, "python", "def f():\n    pass\n")
    assert live.take_plain_blocks() == []
    before = live.blocks[1]
    (patch,) = live.replace(fence.index, improved(fence))
    page.apply([patch])
    assert page.html == live.html == render_document(live.text, prefix="m")
    assert live.blocks[1][: patch.kept] == before[: patch.kept]
    assert patch.kept > len('<div class="code-block">')


def test_replacing_an_unfinished_block_is_an_error() -> None:
    live = LiveDocument("m")
    live.append("a")
    with pytest.raises(IndexError):
        live.replace(0, "b")


def test_code_without_a_language_waits_for_no_highlighting() -> None:
    live = LiveDocument("m")
    live.append("```\na\n```\n```nosuch\nb\n```\n")
    (unknown,) = live.take_plain_blocks()
    assert live.replace(unknown.index, improved(unknown)) == ()
    assert len(live.blocks) == 2
