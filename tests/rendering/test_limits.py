"""Text that was made to hurt costs its own reply its looks, and nobody else anything."""

import os
import random
import signal
import threading
import time
from typing import Any

import pytest

from chatapp.rendering import (
    LiveDocument,
    PlainCode,
    arender_document,
    markdown,
    render_block,
    render_document,
    renderer,
)
from chatapp.rendering.document import finished_blocks
from chatapp.rendering.limits import MAX_HTML, MAX_OPEN_BLOCK, max_html
from chatapp.workers import Cause, WorkerDied
from tests.rendering.browser import Browser

WIDE_TABLE = "|" + "a|" * 1_000 + "\n|" + "-|" * 1_000 + "\n" + "x\n" * 1_000
FOOTNOTES = "[^a]: note\n\n" + "[^a]" * 25_000
SLOW_CODE = "word\n" * 4_000
SENTENCE = "This reply is too large to format."
ITEM = "- item **with** a [link](https://example.com)\n"


FORM_FEED = "|a" * 900 + "|\n" + "|-\f" + "|-" * 899 + "|\n" + "a\n" * 900


@pytest.mark.parametrize(
    "text",
    [
        WIDE_TABLE,
        FORM_FEED,
        FORM_FEED.replace("\f", "\v"),
        FOOTNOTES,
        "> " * 900 + "a",
        pytest.param("a\n\n" * 300_000, marks=pytest.mark.long),
    ],
)
def test_html_is_bounded_by_the_text(text: str) -> None:
    html = render_document(text, prefix="m")
    assert len(html) <= max_html(len(text)) + len(text) + 1_000
    live = LiveDocument("m")
    for start in range(0, len(text), 4_000):
        live.append(text[start : start + 4_000])
    assert len(live.html) <= max_html(len(text)) + len(text) + 30_000


def test_a_table_with_short_rows_is_still_filled_up() -> None:
    html = render_document("|a|b|c|\n|-|-|-|\n|1|\n|2|\n", prefix="m")
    assert html.count("<td") == 6


def test_a_reply_out_of_proportion_shows_its_source() -> None:
    text = "a **b**\n\n" * 150_000
    html = render_document(text, prefix="m")
    assert SENTENCE in html
    assert "a **b**\n\na **b**" in html
    assert len(html) < MAX_HTML


def test_a_live_reply_above_its_html_limit_continues_as_plain_text() -> None:
    live, page = LiveDocument("m"), Browser()
    for number in range(40):
        page.apply(live.append(f"{number}\n\n" * 10_000))
    assert page.html == live.html
    assert len(live.html) < MAX_HTML + len(live.text)
    page.apply(live.append("the **very** end"))
    assert live.html.endswith("the **very** end</p></div>")
    assert page.html == live.html


@pytest.mark.parametrize("language", ["csharp", "java"])
def test_code_that_takes_for_ever_to_colour_stays_plain(language: str) -> None:
    began = time.monotonic()
    html = render_block(PlainCode(0, language, SLOW_CODE), prefix="m")
    assert html is not None
    assert "<span class=" not in html.split("<pre")[1]
    assert "word\nword\n" in html
    assert time.monotonic() - began < 10


def test_slow_code_leaves_the_rest_of_its_reply_formatted() -> None:
    html = render_document(
        f"**before**\n\n```java\n{SLOW_CODE}```\n\n```python\ndef f(): pass\n```\n", prefix="m"
    )
    assert "<strong>before</strong>" in html
    assert '<span class="k">def</span>' in html


async def test_a_dead_worker_leaves_one_reply_without_colours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good = "```python\ndef f(): pass\n```\n"
    await arender_document(good, prefix="m")
    sent, send = threading.Event(), renderer.send

    def noted(*arguments: Any) -> None:
        send(*arguments)
        sent.set()

    monkeypatch.setattr(renderer, "send", noted)
    pid = renderer._queue.pid
    assert pid
    os.kill(pid, signal.SIGSTOP)
    waiting = renderer._ask("document", "m", good)
    assert sent.wait(20)
    os.kill(pid, signal.SIGKILL)
    html = waiting.result(timeout=20)
    assert html
    assert "def f(): pass" in html
    assert '<span class="k">def</span>' in await arender_document(good, prefix="m")


def test_a_reply_that_hangs_the_worker_loses_its_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "**a**\n\n```python\nx = 1\n```\n"
    render_document(text, prefix="m")
    pid = renderer._queue.pid
    assert pid
    monkeypatch.setattr(renderer, "MAX_SECONDS", 0.5)
    os.kill(pid, signal.SIGSTOP)
    html = render_document(text, prefix="m")
    assert "<strong>a</strong>" in html
    assert "x = 1" in html
    monkeypatch.undo()
    assert '<span class="o">=</span>' in render_document(text, prefix="m")


def test_a_reply_that_no_worker_can_render_shows_its_source(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: Any) -> None:
        raise WorkerDied(Cause.START)

    monkeypatch.setattr(renderer.RenderWorkerProcess, "render", refuse)
    assert SENTENCE in render_document("```python\nx = 1\n```\n", prefix="m")


def large_list() -> str:
    return ITEM * (3 * MAX_OPEN_BLOCK // len(ITEM))


def test_a_large_open_block_keeps_its_beginning_and_grows_as_plain_text() -> None:
    live, page = LiveDocument("m"), Browser()
    text, costs = large_list(), []
    for start in range(0, len(text), 500):
        patches = live.append(text[start : start + 500])
        costs.append(sum(len(patch.html) for patch in patches))
        page.apply(patches)
    assert page.html == live.html
    assert "<strong>with</strong>" in live.html
    assert live.html.endswith("(https://example.com)\n</p></div>")
    assert max(costs[-10:]) < 1_000


def test_a_large_block_is_rendered_when_it_has_ended() -> None:
    live, page = LiveDocument("m"), Browser()
    page.apply(live.append(large_list()))
    page.apply(live.append("\nA **new** paragraph\n\n"))
    (piece,) = live.take_plain_blocks()
    page.apply(live.replace(piece.index, render_block(piece, prefix="m") or ""))
    assert page.html == live.html
    assert live.html == render_document(live.text, prefix="m")


@pytest.mark.parametrize(
    "text",
    [
        large_list() + "\nafter\n\n- another\n",
        "word " * 5_000 + "\n\n# Title\n",
        "|a|b|\n|-|-|\n" + "|1|2|\n" * 5_000 + "\nafter",
        "<!--\n" + "x\n\n```\n" * 4_000,
        "\n" * 50_000 + "after",
        "- a\n\n" * 5_000 + "-",
    ],
    ids=["list", "paragraph", "table", "comment", "blank lines", "loose list"],
)
def test_large_blocks_depend_on_the_text_alone(text: str) -> None:
    at_once = LiveDocument("m")
    at_once.append(text)
    for seed in range(3):
        live, page, randomness, start = LiveDocument("m"), Browser(), random.Random(seed), 0
        while start < len(text):
            size = randomness.randint(1, 2_000)
            page.apply(live.append(text[start : start + size]))
            start += size
        assert page.html == live.html == at_once.html
        assert live.take_plain_blocks() == at_once.take_plain_blocks() or seed


@pytest.mark.parametrize(
    "text",
    [
        "*_**__a " * 12_500,
        "$x^2$ " * 16_000,
        "a\n" * 33_000 + "===\n",
        "a" * 1_000_000,
        pytest.param("\n" * 10**6, marks=pytest.mark.long),
    ],
    ids=["emphasis", "formulas", "setext", "one line", "blank lines"],
)
def test_no_append_takes_long(text: str) -> None:
    live, worst = LiveDocument("m"), 0.0
    for start in range(0, len(text), 4_000):
        began = time.process_time()
        live.append(text[start : start + 4_000])
        worst = max(worst, time.process_time() - began)
    assert worst < 0.1


def test_blocks_are_never_more_than_the_html_allows() -> None:
    blocks = finished_blocks("a\n\n" * 1_000, "m")
    assert len(blocks) == 1_000


@pytest.mark.long
def test_many_slow_blocks_of_code_leave_their_reply_formatted() -> None:
    fences = "".join(f"```java\n{SLOW_CODE}{number}\n```\n\n" for number in range(12))
    html = render_document(f"**before**\n\n{fences}", prefix="m")
    assert "<strong>before</strong>" in html
    assert html.count('class="code-bar"') == 12


@pytest.mark.parametrize("unit", ["a@b.c ", "mailto:a@b.c "])
def test_twenty_kilobytes_of_addresses_are_links(unit: str) -> None:
    html = render_document(unit * (20_000 // len(unit)), prefix="m")
    assert SENTENCE not in html
    assert html.count("<a ") > 1_000


def test_an_open_block_is_bounded_like_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    """A second wall, for whatever the engine may make of a text."""
    monkeypatch.setattr(markdown, "_filled_cells", lambda text: 0)
    live, page = LiveDocument("m"), Browser()
    for start in range(0, len(FORM_FEED), 200):
        page.apply(live.append(FORM_FEED[start : start + 200]))
        assert len(live.html) <= max_html(len(live.text)) + len(live.text) + 1_000
    assert page.html == live.html
    assert live.text == FORM_FEED


def test_blank_lines_in_a_large_block_are_not_shown_by_the_thousand() -> None:
    live = LiveDocument("m")
    live.append(large_list())
    for _ in range(500):
        live.append("\n")
    assert "\n\n\n" not in live.html
