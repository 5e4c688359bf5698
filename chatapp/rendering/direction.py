"""Let right-to-left text decide where list numbers, table columns and the bars of quotes are.

A browser finds the direction of a paragraph by itself (`dir="auto"`), but not that of a list: it
skips elements with a direction of their own, and takes code for text. Blocks without any
right-to-left character need nothing of this.
"""

import re

_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_ANY_RTL = re.compile(f"[{_RTL}]")
# Code and formulas have no say, and neither have tags and entities.
_FIRST_LETTER = re.compile(
    r"(?:<code.*?</code>|<math.*?</math>|<button.*?</button>|<(?!/(?:ul|ol|table|blockquote))[^>]*>"
    r"|&[a-z]+;|[^\w<&]|[\d_])*+([^\W\d_])",
    re.DOTALL,
)
_CONTAINER = re.compile(r'<(?:ul|ol|blockquote|div class="table-scroll")(?=[ >])')
_PARAGRAPH = re.compile(r'<(?:p|h[3-6])[^>]*? dir="auto"(?=>)')
_LEFT_TO_RIGHT = re.compile(r"<math(?=[ >])|(?<!<pre>)(?<!<pre tabindex=\"0\">)<code(?=[ >])")
# Characters of HTML in which the first letter of a container is searched.
_MAX_SEARCHED = 4_000


def add_directions(html: str) -> str:
    """Return the HTML of a finished block with the directions that its text asks for."""
    if not _ANY_RTL.search(html):
        return html

    def with_direction(tag: re.Match[str]) -> str:
        first = _FIRST_LETTER.match(html, tag.start(), tag.start() + _MAX_SEARCHED)
        return f'{tag[0]} dir="rtl"' if first and _ANY_RTL.match(first[1]) else tag[0]

    def without_formula(tag: re.Match[str]) -> str:
        # Browsers take the letters of a formula for text, whatever its own direction is.
        first = _FIRST_LETTER.match(html, tag.start(), tag.start() + _MAX_SEARCHED)
        is_misread = first and "<math" in first[0] and _ANY_RTL.match(first[1])
        return tag[0].replace('"auto"', '"rtl"') if is_misread else tag[0]

    html = _CONTAINER.sub(with_direction, html)
    if "<math" in html:
        html = _PARAGRAPH.sub(without_formula, html)
    return _LEFT_TO_RIGHT.sub(r'\g<0> dir="ltr"', html)
