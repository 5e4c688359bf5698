"""Words of strangers: labelled for the model, one plain line for the screen."""

from __future__ import annotations

import pytest

from chatapp.tools.untrusted import label_untrusted, plain_line


def test_the_label() -> None:
    assert label_untrusted("example.com", {"a": 1}) == {
        "source": "example.com",
        "untrusted_content": {"a": 1},
    }


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Portland, Oregon", "Portland, Oregon"),
        ("  two\n\n lines\t", "two lines"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("bell\x07 nul\x00", "bell nul"),
        ("half\ud800", "half"),
        ("line\u2028end", "line end"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("", ""),
    ],
)
def test_one_plain_line(text: str, line: str) -> None:
    assert plain_line(text) == line


def test_a_line_has_a_length() -> None:
    assert plain_line("a" * 100) == "a" * 79 + "…"
    assert plain_line("a" * 80) == "a" * 80
    assert plain_line("word " * 100, 10) == "word word…"
