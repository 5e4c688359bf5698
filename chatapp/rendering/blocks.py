"""Turn the engine's raw HTML of one top-level block into HTML that a page may show."""

import re
from html import escape

from chatapp.rendering import code, math, sanitizer, tables
from chatapp.rendering.code import Highlighter
from chatapp.rendering.direction import add_directions
from chatapp.rendering.labels import labels
from chatapp.rendering.outline import Outline

_HEADING = re.compile(r"(</?h)([1-6])>")
# The page has an h1 and an h2, so a reply's headings begin at h3.
_HEADING_LEVELS = {"1": "3", "2": "4", "3": "5", "4": "6", "5": "6", "6": "6"}
_LINKED_IMAGES = re.compile(r"<a [^>]*>.*?</a>", re.DOTALL)
_IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>')
_FOOTNOTE_ID = re.compile(r'(?<= )(id="|href="#)(?=fn(?:ref)?-)')
_TASK_CLASS = 'class="task-list-item"'
_CHECKBOX = re.compile(r"(<input[^>]*)>")
_NOT_ID = re.compile(r"[^A-Za-z0-9_-]")


def finish_block(
    raw: str, *, prefix: str, highlight: Highlighter, outline: Outline | None = None
) -> str:
    """Return the safe HTML of one raw block.

    `prefix` makes footnote ids unique in the page, `outline` knows the headings of the blocks
    before.
    """
    html = sanitizer.sanitize_bare(raw)
    if html is None:
        html = sanitizer.sanitize(_prepare(raw, prefix))
        if "<pre>" in html:
            html = code.add_code_bars(html, highlight)
        html = _add_names((outline or Outline()).add_levels(html))
    if "<table>" in html:
        html = tables.make_scrollable(html)
    return add_directions(html)


def _add_names(html: str) -> str:
    """Name the checkboxes of task lists, and let wide formulas scroll by themselves."""
    if "<input" in html:
        done, to_do = escape(labels().done), escape(labels().to_do)
        html = _CHECKBOX.sub(
            lambda box: f'{box[1]} aria-label="{done if "checked" in box[1] else to_do}">', html
        )
    return math.make_scrollable(html) if "<math" in html else html


def _prepare(raw: str, prefix: str) -> str:
    if not raw.startswith("<"):
        return f'<p class="raw-html">{raw}</p>'
    if "data-math-style" in raw:
        raw = math.convert_formulas(raw)
    if "<img " in raw:
        raw = _LINKED_IMAGES.sub(lambda link: _IMAGE.sub(r"\2", link[0]), raw)
        raw = _IMAGE.sub(_image_link, raw)
    if "<h" in raw:
        raw = _HEADING.sub(lambda tag: f"{tag[1]}{_HEADING_LEVELS[tag[2]]}>", raw)
    if "<code class=" in raw:
        raw = code.limit_languages(raw)
    if "fn" in raw:
        raw = _FOOTNOTE_ID.sub(rf"\g<1>{_NOT_ID.sub('-', prefix)}-", raw)
    return raw.replace(_TASK_CLASS, 'class="task"')


def _image_link(image: re.Match[str]) -> str:
    source, alt = image.groups()
    return f'<a href="{source}">{alt or source}</a>'
