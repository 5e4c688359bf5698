"""Work in proportion to the text: counted in calls and characters, never in time."""

from typing import Any

import pytest

from chatapp.rendering import LiveDocument, live_document, open_chunk, render_document


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Sizes of all source that was given to the engine."""
    sizes: list[int] = []
    original = open_chunk.render_blocks

    def counting(text: str) -> list[str]:
        sizes.append(len(text))
        return original(text)

    monkeypatch.setattr(open_chunk, "render_blocks", counting)
    return sizes


def test_code_in_an_open_fence_never_reaches_the_engine(rendered: list[int]) -> None:
    document = LiveDocument("m")
    document.append("```python\n")
    before, sent = len(rendered), 0
    for number in range(2_000):
        (patch,) = document.append(f"line_{number} = 1\n")
        sent += len(patch.html)
        assert len(patch.html) < 60
        assert document.open_block_size == 0
    assert len(rendered) == before
    assert sent < 2 * len(document.text) + 2_000 * len("</code></pre></div>")


def test_only_the_open_block_is_rendered_again(rendered: list[int]) -> None:
    paragraph = "Some **words** in a paragraph.\n\n"
    document = LiveDocument("m")
    for _ in range(500):
        for half in (paragraph[:12], paragraph[12:]):
            document.append(half)
            assert document.open_block_size <= len(paragraph)
    assert max(rendered) <= 2 * len(paragraph)


@pytest.mark.parametrize(
    "text",
    [
        "some words\n\n" * 40_000,
        "- item\n\n" * 60_000,
        "|a|b|\n|-|-|\n" + "|1|2|\n" * 80_000,
        pytest.param("<!--\n" + "x\n\n" * 160_000, marks=pytest.mark.long),
        pytest.param(" ```\n" + "x\n\n" * 160_000, marks=pytest.mark.long),
        pytest.param("<div>\n\n" * 70_000, marks=pytest.mark.long),
        pytest.param("# a\n" * 120_000, marks=pytest.mark.long),
        pytest.param("[a\n\n" * 120_000, marks=pytest.mark.long),
    ],
    ids=["paragraphs", "list", "table", "comment", "fence", "html", "headings", "brackets"],
)
def test_half_a_megabyte_at_once_is_bounded_work(text: str, rendered: list[int]) -> None:
    document = LiveDocument("m")
    document.append(text)
    assert sum(rendered) < 30 * len(text)


@pytest.mark.parametrize(
    "text",
    [
        *("[" * 50_000, ">" * 5_000, "*" * 50_000, "**a " * 20_000, "`" * 50_000, "\\(" * 50_000),
        *("- " * 5_000, "![" * 20_000, "$" * 50_000, "<" * 50_000, "[](" * 20_000, "|" * 50_000),
        *("$" + "{" * 9_000 + "$", "$" + r"\frac{" * 1_500 + "$", "~" * 50_000, "&" * 50_000),
    ],
    ids=lambda text: text[:4],
)
def test_pathological_nesting_is_survived(text: str) -> None:
    assert render_document(text, prefix="m") is not None
    document = LiveDocument("m")
    half = len(text) // 2
    document.append(text[:half])
    document.append(text[half:])
    assert document.text == text


def test_an_append_without_visible_change_renders_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    document = LiveDocument("m")
    document.append("a\n")

    def fail(*_: Any, **__: Any) -> Any:
        raise AssertionError("rendered")

    monkeypatch.setattr(live_document, "finish_block", fail)
    assert document.append("-") == ()
