"""Half-written markdown looks finished while it streams."""

import pytest

from chatapp.rendering import LiveDocument
from chatapp.rendering.incomplete import MAX_SCOPE, close_open_inlines, presentable


@pytest.mark.parametrize(
    ("text", "closed"),
    [
        ("plain", "plain"),
        ("**bold", "**bold**"),
        ("a **bold *both", "a **bold *both***"),
        ("***both", "***both***"),
        ("**bold**", "**bold**"),
        ("**bold*", "**bold**"),
        ("**bold** and *it", "**bold** and *it*"),
        ("*it **in** more", "*it **in** more*"),
        ("a **", "a "),
        ("a *", "a "),
        ("~~gone", "~~gone~~"),
        ("~~gone~", "~~gone~~"),
        ("about ~", "about ~"),
        ("`code", "`code`"),
        ("``a ` b", "``a ` b``"),
        ("a `", "a "),
        ("**a `b", "**a `b`**"),
        ("`a` `b` *c", "`a` `b` *c*"),
        ("$$x + y", "$$x + y$$"),
        (r"\(x", r"\(x\)"),
        (r"\[x", r"\[x\]"),
        (r"a \(", "a "),
        ("a \\", "a "),
        (r"a \\", r"a \\"),
        ("[text", "text"),
        ("[text]", "text"),
        ("[text](http://e.com/a", "text"),
        ("a ![alt](http://e", "a alt"),
        ("[text](http://e.com)", "[text](http://e.com)"),
        ("**[text](htt", "**text**"),
        ("see [^1", "see "),
        ("`[a`", "`[a`"),
        ("2 * 3", "2 * 3"),
        ("2*3", "2*3"),
        (r"\*a", r"\*a"),
        ("$5 and $10", "$5 and $10"),
        ("Hello!", "Hello!"),
    ],
)
def test_open_inlines_are_closed(text: str, closed: str) -> None:
    assert close_open_inlines(text) == closed


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("- **a**\n- **b", "- **a**\n- **b**"),
        ("- **a\n- b", "- **a\n- b"),
        ("1. `a", "1. `a`"),
        ("> **a", "> **a**"),
        ("# **a", "# **a**"),
        ("**a\n\nb", "**a\n\nb"),
        ("**a\nb", "**a\nb**"),
        ("**a\n", "**a**"),
        ("- [", "- "),
        ("- [x", "- x"),
        ("a\n-", "a\n"),
        ("a\n==", "a\n"),
        ("a\n12.", "a\n"),
        ("a\n##", "a\n"),
        ("a\n```py", "a\n"),
        ("a\n``", "a\n"),
        ("a ```x", "a ```x```"),
        ("|a|b|", ""),
        ("|a|b|\n|--", ""),
        ("|a|b|\n|-|-|\n|", "|a|b|\n|-|-|\n"),
        ("|a|b|\nc", "|a|b|\nc"),
        ("- x\n  ```\n  a ** b", "- x\n  ```\n  a ** b"),
    ],
)
def test_the_open_end_is_made_presentable(source: str, shown: str) -> None:
    assert presentable(source) == shown


def test_very_long_paragraphs_are_unchanged() -> None:
    text = "**a\n" + "word\n" * MAX_SCOPE
    assert presentable(text) == text


def test_raw_syntax_is_never_shown() -> None:
    text = "A **bold** and `code` and [link](http://e.com/) with ~~no~~ *end*.\n\n- **x**: `y`"
    live = LiveDocument("m")
    for character in text:
        live.append(character)
        assert not any(mark in live.html for mark in ("*", "`", "~~", "[", "]("))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("H<sub>2", "H<sub>2</sub>"),
        ("H<su", "H"),
        ("H<sub>2</s", "H<sub>2</sub>"),
        ("press <kbd>", "press "),
        ("one<br", "one"),
        ("1 < 2", "1 < 2"),
        ("List<Str", "List<Str"),
        ("`<sub>x", "`<sub>x`"),
    ],
)
def test_half_written_tags_are_closed_or_hidden(text: str, shown: str) -> None:
    assert presentable(text) == shown
