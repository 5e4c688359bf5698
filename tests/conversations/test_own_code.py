"""Code in a person's own message is marked, and the rest of it stays plain text."""

import re
import time
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.conversations.folding import PIECE_LENGTH, pieces_of
from chatapp.conversations.own_code import MAX_RUNS, html_of


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("# no *Markdown* <b>", "# no *Markdown* &lt;b&gt;"),
        ("call `f(x)` now", "call <code>`f(x)`</code> now"),
        ("``a ` b`` and `c`", "<code>``a ` b``</code> and <code>`c`</code>"),
        ("one ` only", "one ` only"),
        ("not `over\nlines`", "not `over\nlines`"),
        (
            "see\n```py\nx < 1\n```\nthen",
            'see\n<code class="fenced">```py\nx &lt; 1\n```\n</code>then',
        ),
        ("````\n```\n````", '<code class="fenced">````\n```\n````</code>'),
        ("```\nopen `end`", '<code class="fenced">```\nopen `end`</code>'),
        ("```not a fence```", "```not a fence```"),
        ("`<script>`", "<code>`&lt;script&gt;`</code>"),
    ],
)
def test_code_is_marked(text: str, html: str) -> None:
    assert html_of([text]) == [html]


def test_a_block_may_span_pieces() -> None:
    assert html_of(["a\n```\nb\n", "c\n```\nd"]) == [
        'a\n<code class="fenced">```\nb\n</code>',
        '<code class="fenced">c\n```\n</code>d',
    ]


@given(st.text(alphabet="`~ab <&\n", max_size=200), st.integers(1, 40))
def test_every_character_stays(text: str, width: int) -> None:
    pieces = [text[at : at + width] for at in range(0, len(text), width)]

    html = html_of(pieces)

    assert [unescape(re.sub(r"</?code[^>]*>", "", each)) for each in html] == pieces
    assert all(each.count("<code") == each.count("</code>") for each in html)


@pytest.mark.parametrize("unit", ["`` ` ", "````\n```\n", "`a` ", "``` ``"])
def test_a_million_backticks_take_no_time(unit: str) -> None:
    text = (unit * 1_000_000)[:1_000_000]
    begun = time.process_time()

    html = "".join(html_of(pieces_of(text)))

    assert html.count("<code") <= MAX_RUNS + len(text) / PIECE_LENGTH
    assert time.process_time() - begun < 5  # seconds; with a square it would be minutes
