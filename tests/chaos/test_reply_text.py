"""Pages in Python apply patches as the browser's script does."""

import json
import random
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from chatapp.rendering import LiveDocument
from tests.chaos.reply_text import ReplyText, blocks_of, units
from tests.chaos.words import text
from tests.servers.app import ROOT
from tests.system.browser import find_browser

HISTORIES = 15


@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
def test_every_history_gives_the_text_that_the_script_shows() -> None:
    histories = [list(history(seed)) for seed in range(HISTORIES)]

    shown = in_browser(histories)

    for calls, states in zip(histories, shown, strict=True):
        assert list(played(calls)) == states
    ends = [states[-1] for states in shown]
    assert any(end["behind"] for end in ends)  # the histories hold gaps,
    assert any(end["attempt"] > 1 for end in ends)  # attempts,
    assert any(ord(letter) > 0xFFFF for end in ends for letter in "".join(end["blocks"] or []))


def test_blocks_of_an_article_are_read_unchanged() -> None:
    html = (
        '<article data-part="x"><div class="prose" data-part="text" dir="auto">'
        '<div class="block"><p>a</p></div><div class="block"><div>b</div></div>'
        "</div><!--/text--><footer></footer></article>"
    )

    assert blocks_of(html) == [units("<p>a</p>"), units("<div>b</div>")]


def history(seed: int) -> Iterator[list[Any]]:
    """Draw patches of one to three attempts, some lost, repeated or late, with states between."""
    chance = random.Random(seed)
    document, sequence = LiveDocument("m"), 0
    if chance.random() < 0.8:
        yield ["adopt", {"attempt": 0, "sequence": 0, "blocks": []}]
    late: list[list[Any]] = []
    for attempt in range(1, chance.randint(2, 4)):
        for piece in pieces(text(f"r{seed}x{attempt}", 40), chance):
            sequence += 1
            patch = {"attempt": attempt, "sequence": sequence, "status": "streaming"}
            call = ["receive", {**patch, "blocks": [list(p) for p in document.append(piece)]}]
            fate = chance.random()
            if fate > 0.02:
                yield call
            if fate > 0.97:
                late.append(call)
            if late and chance.random() < 0.05:
                yield late.pop()
            if chance.random() < 0.03:
                blocks = list(document.blocks)
                yield ["adopt", {"attempt": attempt, "sequence": sequence, "blocks": blocks}]


def pieces(whole: str, chance: random.Random) -> Iterator[str]:
    while whole:
        size = chance.randint(1, 12)
        yield whole[:size]
        whole = whole[size:]


def played(calls: list[list[Any]]) -> Iterator[dict[str, Any]]:
    reply = ReplyText()
    for name, value in calls:
        if name == "receive":
            reply.receive(value)
        else:
            blocks = [units(block) for block in value["blocks"]]
            reply.adopt(value["attempt"], value["sequence"], blocks)
        yield {
            "attempt": reply.attempt,
            "sequence": reply.sequence,
            "blocks": None if reply.blocks is None else [as_text(one) for one in reply.blocks],
            "behind": reply.behind,
        }


def as_text(block: bytes) -> str:
    return block.decode("utf-16-le")


def in_browser(histories: list[list[list[Any]]]) -> list[list[dict[str, Any]]]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos.patches_js"],
        cwd=ROOT,
        input=json.dumps(histories),
        capture_output=True,
        text=True,
        check=True,
    )
    shown: list[list[dict[str, Any]]] = json.loads(done.stdout)
    return shown
