"""Markdown as models write it becomes the HTML that people have reviewed, whole and streamed."""

import random
from pathlib import Path

import pytest

from chatapp.rendering import LiveDocument
from tests.rendering.browser import Browser
from tests.rendering.corpus_files import FOLDER, PREFIX, expected, inputs, rendered, text_of

MIN_INPUTS = 150
FEW_CUTS = 12
# A paragraph after the text, so that nothing is open and shown closed.
END = "\n\nThe end"
# What is defined after its use is right once the reply has ended.
DEFINES_LATER = ("links/reference", "links/footnote", "code/open-fence", "math/unclosed")


def name(path: Path) -> str:
    return str(path.relative_to(FOLDER).with_suffix(""))


@pytest.fixture(params=inputs(), ids=name)
def path(request: pytest.FixtureRequest) -> Path:
    found: Path = request.param
    return found


def test_there_are_many_inputs() -> None:
    assert len(inputs()) >= MIN_INPUTS
    assert sorted(path.with_suffix(".md") for path in FOLDER.rglob("*.html")) == inputs()


def test_a_text_becomes_the_reviewed_html(path: Path) -> None:
    assert rendered(text_of(path)) == expected(path)


def test_a_text_cut_anywhere_becomes_the_same(path: Path) -> None:
    text = text_of(path)
    cuts = random.Random(0).sample(range(len(text)), min(FEW_CUTS, len(text)))
    check_cuts(path, cuts)


@pytest.mark.long
def test_a_text_cut_at_every_place_becomes_the_same(path: Path) -> None:
    check_cuts(path, range(len(text_of(path))))


def check_cuts(path: Path, cuts: range | list[int]) -> None:
    text = text_of(path) + END
    html = "".join(f"{block}\n\n" for block in streamed([text]))
    if name(path) not in DEFINES_LATER:
        assert html == rendered(text)
    for cut in cuts:
        assert "".join(f"{block}\n\n" for block in streamed([text[:cut], text[cut:]])) == html
    assert "".join(f"{block}\n\n" for block in streamed(text)) == html


def streamed(pieces: list[str] | str) -> list[str]:
    live, browser = LiveDocument(PREFIX), Browser()
    for piece in pieces:
        browser.apply(live.append(piece))
    assert browser.blocks == list(live.blocks)
    return browser.blocks
