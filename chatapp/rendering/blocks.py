"""Turn the engine's raw HTML of one top-level block into HTML that a page may show."""

import re
from html import escape

from chatapp.rendering import code, math, sanitizer
from chatapp.rendering.code import Highlighter
from chatapp.rendering.labels import labels

_HEADING = re.compile(r"(</?h)([1-6])>")
# The page has an h1 and an h2, so a reply's headings begin at h3.
_HEADING_LEVELS = {"1": "3", "2": "4", "3": "5", "4": "6", "5": "6", "6": "6"}
_LINKED_IMAGES = re.compile(r"<a [^>]*>.*?</a>", re.DOTALL)
_IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)"[^>]*>')
_FOOTNOTE_ID = re.compile(r'(?<= )(id="|href="#)(?=fn(?:ref)?-)')
_TASK_CLASS = 'class="task-list-item"'
_NOT_ID = re.compile(r"[^A-Za-z0-9_-]")


def finish_block(raw: str, *, prefix: str, highlight: Highlighter) -> str:
    """Return the safe HTML of one raw block; `prefix` makes footnote ids unique in the page."""
    html = sanitizer.sanitize_bare(raw)
    if html is None:
        html = sanitizer.sanitize(_prepare(raw, prefix))
        if "<pre>" in html:
            html = code.add_code_bars(html, highlight)
    if "<table>" in html:
        html = _wrap_tables(html)
    return html


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


def _wrap_tables(html: str) -> str:
    label = escape(labels().table)
    opening = f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}"><table>'
    return html.replace("<table>", opening).replace("</table>", "</table></div>")
