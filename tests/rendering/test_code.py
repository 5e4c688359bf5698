"""Code blocks: the bar, the language, the colours, and their limits."""

import re
from html import unescape

import pytest

from chatapp.rendering import PlainCode, render_block, render_document
from chatapp.rendering.code import language_name
from chatapp.rendering.highlighting import MAX_CHARACTERS

BAR = (
    '<div class="code-block"><div class="code-bar"><span class="code-language">{language}</span>'
    '<button type="button" class="code-action" data-code-action="wrap" aria-pressed="false">Wrap'
    '</button><button type="button" class="code-action" data-code-action="copy">Copy</button></div>'
)


def render(text: str) -> str:
    return render_document(text, prefix="m")


def text_of(html: str) -> str:
    code = re.search(r"<code[^>]*>(.*)</code>", html, re.DOTALL)
    assert code
    return unescape(re.sub(r"<[^>]+>", "", code[1]))


def test_a_fence_has_bar_and_language() -> None:
    assert render("```nosuch extra words\na < b\n```") == (
        '<div class="block">'
        + BAR.format(language="nosuch")
        + '<pre tabindex="0"><code class="language-nosuch">a &lt; b\n</code></pre></div></div>'
    )


@pytest.mark.parametrize("source", ["```\na\n```", "    a\n", "~~~\na\n~~~"])
def test_code_without_a_language_has_an_empty_label(source: str) -> None:
    assert render(source) == (
        '<div class="block">'
        + BAR.format(language="")
        + '<pre tabindex="0"><code>a\n</code></pre></div></div>'
    )


def test_known_languages_are_coloured_without_changing_the_text() -> None:
    code = '\n\ndef f(x: "a&b<c>"):\n\treturn x  # 😀 \u2028 \u00a0\n\n\n'
    html = render(f"```python\n{code}```")
    assert '<span class="k">def</span>' in html
    assert text_of(html) == code


def test_an_unclosed_fence_gets_no_extra_line() -> None:
    assert text_of(render("```python\nx = 1")) == "x = 1"


@pytest.mark.parametrize("source", ["- a\n  ```js\n  let x\n  ```", "> ```js\n> let x\n> ```"])
def test_nested_fences_are_treated_alike(source: str) -> None:
    html = render(source)
    assert BAR.format(language="js") in html
    assert '<span class="kd">let</span>' in html


def test_very_long_code_stays_plain() -> None:
    code = "x = 1\n" * (MAX_CHARACTERS // 6 + 1)
    html = render(f"```python\n{code}```")
    assert "<span class=" not in html.split("<pre")[1]
    assert text_of(html) == code


@pytest.mark.parametrize(
    ("info", "name"),
    [
        ("Python", "python"),
        ("c++", "c++"),
        ("c#", "c#"),
        ("ts:main.ts", "ts"),
        ("objective-c", "objective-c"),
        ('py" onclick="x', "py"),
        ("&quot;&gt;&lt;script&gt;", ""),
        ("{.python}", ""),
        ("x" * 500, "x" * 32),
        ("", ""),
    ],
)
def test_language_names_are_limited(info: str, name: str) -> None:
    assert language_name(info) == name


def test_a_fence_alone_is_coloured_like_one_in_a_document() -> None:
    fence = PlainCode(index=3, language="json", code='{"a": "</code><script>"}\n')
    html = render_block(fence, prefix="m") or ""
    assert render(f"```json\n{fence.code}```") == f'<div class="block">{html}</div>'
    assert html.startswith(BAR.format(language="json"))
    assert "<script" not in html
    assert text_of(html) == fence.code
