"""Whatever a reply contains, the page gets listed tags and attributes and nothing that runs."""

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.rendering import LiveDocument, PlainCode, render_block, render_document
from chatapp.rendering.sanitizer import sanitize, sanitize_bare

ALLOWED_ATTRIBUTES = {
    *(
        "align",
        "alttext",
        "aria-label",
        "aria-level",
        "aria-pressed",
        "checked",
        "class",
        "data-code-action",
        "dir",
    ),
    *("disabled", "href", "id", "rel", "role", "start", "tabindex", "target", "title", "type"),
    *("accent", "accentunder", "display", "displaystyle", "form", "linethickness", "lspace"),
    *("mathcolor", "mathvariant", "maxsize", "minsize", "rspace", "scriptlevel", "stretchy"),
    *("symmetric", "width", "movablelimits"),
}
FORBIDDEN_TAGS = {
    *("script", "style", "img", "svg", "iframe", "object", "embed", "form", "base", "link", "meta"),
    *("video", "audio", "annotation-xml", "template", "textarea", "noscript", "foreignobject"),
}

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><style><img src=x onerror=alert(1)>",
    "<svg><animate xlink:href=#x attributeName=href values=javascript:alert(1) /></svg>",
    "<math><mtext><table><mglyph><style><img src onerror=alert(1)></style></mglyph></table>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)></annotation-xml>",
    "<!--><script>alert(1)</script>-->",
    "<!-- --!><img src=x onerror=alert(1)> -->",
    "<style>@import 'http://evil';</style><p style=background:url(http://evil)>",
    "<a href='javascript:alert(1)'>x</a>",
    "a <b onmouseover=alert(1)>x</b>",
    "</div></article><script>alert(1)</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](&#x6A;&#x61;vascript&colon;alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [y](file:///etc/passwd) [z](//evil.example) [w](/logout)",
    "[x]\n\n[x]: javascript:alert(1)",
    "<javascript:alert(1)>",
    '[x](http://e.com "a\\" onclick=\\"alert(1)")',
    "[x](http://e.com/\"onmouseover='alert(1)')",
    'http://e.com/"onmouseover=alert(1)//',
    "![x](javascript:alert(1)) ![y](data:image/svg+xml,<svg/onload=alert(1)>)",
    '![x" onerror="alert(1)](http://e.com/x.png "t\\" onload=\\"x")',
    '```py" onclick="alert(1)\nx\n```',
    "```<script>\n</code></pre><script>alert(1)</script>\n```",
    "~~~&lt;img&#32;src=x&#32;onerror=alert(1)&gt;\nx\n~~~",
    "```html\n<img src=x onerror=alert(1)>\n```",
    "```math\n\\text{</math><script>alert(1)</script>}\n```",
    r"$\href{javascript:alert(1)}{x}$ $\url{javascript:alert(1)}$",
    r"$\text{<img src=x onerror=alert(1)>}$",
    r"$\style{background:url(http://evil)}{x} \class{a b}{x} \id{x}{y}$",
    r"$\color{red;background:url(http://evil)}x$",
    r"$\mathrm{</mtext></math><script>alert(1)</script>}$",
    "$<annotation-xml encoding='text/html'><script>alert(1)</script>$",
    '[^"><script>alert(1)</script>]\n\n[^"><script>alert(1)</script>]: x',
    "|<script>|\n|-|\n|<img src=x onerror=alert(1)>|",
    "&lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;script&amp;gt;",
    "\\<script>alert(1)</script>",
    "- <script>alert(1)</script>\n> <iframe src=javascript:alert(1)>",
    '|"><script>alert(1)</script>|\n|-|\n|x|',
    "<sub><script>alert(1)</script></sub> <kbd>onclick=alert(1)</kbd><br><img src=x>",
    '$x"><script>alert(1)</script>$ $"onmouseover=alert(1)^2$',
    "https://e.com/\"onmouseover=alert(1)。https://e.com/'x，",
]


class Auditor(HTMLParser):
    """Fails at any tag, attribute or address that has no business in a reply."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in FORBIDDEN_TAGS
        assert {name for name, _ in attrs} <= ALLOWED_ATTRIBUTES
        for name, value in attrs:
            if name == "href":
                assert value
                assert value.lower().startswith(("http://", "https://", "mailto:", "#m-fn"))

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def audit(html: str) -> None:
    auditor = Auditor()
    auditor.feed(html)
    auditor.close()


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_replies_are_harmless(text: str) -> None:
    audit(render_document(text, prefix="m"))
    live = LiveDocument("m")
    for character in text:
        live.append(character)
        audit(live.html)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_code_is_harmless_when_highlighted(text: str) -> None:
    for language in ("html", "javascript", "nosuch", ""):
        audit(render_block(PlainCode(0, language, text), prefix="m") or "")


def test_a_hostile_prefix_cannot_leave_its_attribute() -> None:
    html = render_document("a[^1]\n\n[^1]: b", prefix='"><script>')
    assert "<script" not in html
    assert 'id="---script--fn-1"' in html


@given(st.lists(st.sampled_from([*HOSTILE, "\n", "\n\n", "`", "**", "> ", "- ", "$", "[", "|"])))
def test_combinations_of_hostile_parts_are_harmless(parts: list[str]) -> None:
    audit(render_document("".join(parts), prefix="m"))


@pytest.mark.parametrize(
    ("html", "safe"),
    [
        ("<p>a<script>b</script></p>", '<p dir="auto">a</p>'),
        (
            "<p onclick='x' style='y' class='z raw-html'>a</p>",
            '<p class="raw-html" dir="auto">a</p>',
        ),
        ("<p><img src='http://e.com/'>a<!-- b --></p>", '<p dir="auto">a</p>'),
        ("<p><a href='javascript:x'>a</a></p>", '<p dir="auto">a</p>'),
        (
            "<math><mi href='http://e.com' class='math-left x'>a</mi></math>",
            '<math><mi class="math-left">a</mi></math>',
        ),
        (
            "<math><annotation-xml encoding='text/html'><p>a</p></annotation-xml></math>",
            "<math></math>",
        ),
    ],
)
def test_the_sanitizer_holds_even_if_the_engine_does_not(html: str, safe: str) -> None:
    assert sanitize(html) == safe


@pytest.mark.parametrize(
    "html",
    ["<p>a</p><script>", "<p onclick=x>a</p>", "<img>", "<a>b</a>", "<p <", "text", "<p>\n<svg/>"],
)
def test_the_sanitizers_fast_path_accepts_only_bare_tags(html: str) -> None:
    assert sanitize_bare(html) is None


def test_both_ways_through_the_sanitizer_agree() -> None:
    html = "<ul><li><p>a <strong>b</strong> &lt;i&gt; &quot;<br />\n</p></li></ul>"
    assert sanitize_bare(html) == sanitize(html)


def test_an_input_that_somebody_could_type_into_never_passes() -> None:
    box = '<input type="checkbox" checked="" disabled="">'
    assert sanitize(f'{box}<input><input type="text" disabled="x">') == box
