"""Render Markdown to the raw HTML of each block. No other file imports the engine (comrak).

The result is not safe to show: `blocks.finish_block` makes it safe. The engine escapes everything
that a reply wrote itself, so a `<` always begins one of the engine's own tags.
"""

import re
from functools import cache

import comrak

from chatapp.rendering.cjk_links import end_links
from chatapp.rendering.nested_fences import widen
from chatapp.rendering.stand_ins import StandIns, choose_stand_ins

# For an unclosed `\(` the engine searches to the end of the paragraph, so many of them take
# quadratic time: 50,000 in 100 KB took 1.3 s. Above this number they are plain text.
MAX_LATEX_OPENERS = 2_000

# The engine fills short rows of a table with empty cells: 6 KB of source made 21 MB of HTML. As
# many cells as the source has characters may be added, plus this number.
MIN_FILLED_CELLS = 2_000

# Each reference to a footnote becomes two links of at least 100 characters.
MAX_FOOTNOTE_MARKS = 500

FOOTNOTES_START = '<section class="footnotes"'

_BLOCK_TAG = re.compile(r"<[a-z]+[1-6]?")
_LATEX_OPENER = re.compile(r"\\[(\[]")
_FOOTNOTE_MARK = re.compile(r"\[\^")
# The second line of a table, perhaps in a quote or a list; other lines may look like it.
_DELIMITER_ROW = re.compile(r"^[-|: \t\v\f>*+.)\d]++$", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t\v\f>]*\n")


def render_blocks(text: str) -> list[str]:
    """Return the raw HTML of every top-level block of normalised source, without newlines around.

    Footnotes are one last block that begins with `FOOTNOTES_START`. Raw HTML blocks are escaped
    text without any tag around it; neighbours of that kind are one block.
    """
    text = widen(text)
    stand_ins = choose_stand_ins(text)
    source = stand_ins.hide(text) if stand_ins else text
    extensions = _extensions(
        latex=len(_LATEX_OPENER.findall(text)) <= MAX_LATEX_OPENERS,
        footnotes=len(_FOOTNOTE_MARK.findall(text)) <= MAX_FOOTNOTE_MARKS,
        tables=_filled_cells(text) <= MIN_FILLED_CELLS + len(text),
    )
    raw_blocks = _split_top_level(comrak.render_markdown(source, extensions, _PARSING, _RENDERING))
    return [_put_back(raw, stand_ins) for raw in raw_blocks] if stand_ins else raw_blocks


def _put_back(raw: str, stand_ins: StandIns) -> str:
    return stand_ins.restore(end_links(raw, stand_ins.less_than))


def _filled_cells(text: str) -> int:
    """Return the most cells that the engine could add to short rows of tables."""
    filled = 0
    for stretch in _BLANK_LINE.split(text) if "|" in text else ():
        delimiters = (row[0] for row in _DELIMITER_ROW.finditer(stretch) if "-" in row[0])
        if columns := max((row.count("|") for row in delimiters), default=0):
            filled += max(0, (columns + 1) * stretch.count("\n") - stretch.count("|"))
    return filled


def _split_top_level(html: str) -> list[str]:
    blocks: list[str] = []
    start = 0
    while start < len(html):
        if html[start] == "\n":
            start += 1
        else:
            end = _end_of_block(html, start)
            blocks.append(html[start:end].rstrip("\n"))
            start = end
    return blocks


def _end_of_block(html: str, start: int) -> int:
    tag = _BLOCK_TAG.match(html, start)
    if tag is None:
        # Text, or the end of a tag that the engine never opened: always go on.
        end = html.find("<", start + 1)
        return end if end >= 0 else len(html)
    opening, closing = tag[0], f"</{tag[0][1:]}>"
    if opening == "<hr":
        return html.index(">", start) + 1
    # Lists and quotes may be nested, so search until every inner one is closed.
    position, depth = start, 0
    while True:
        found = html.find(closing, position)
        if found < 0:
            return len(html)
        end = found + len(closing)
        depth += html.count(opening, position, end) - 1
        if depth == 0:
            return end
        position = end


@cache
def _extensions(*, latex: bool, footnotes: bool, tables: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.autolink = True
    options.cjk_friendly_emphasis = True
    options.footnotes = footnotes
    options.math_dollars = True
    options.math_latex = latex
    options.strikethrough = True
    options.table = tables
    options.tasklist = True
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True
    options.hardbreaks = True  # a line break in a reply is one on the page, as in every chat
    options.tasklist_classes = True
    return options


def _parsing() -> comrak.ParseOptions:
    options = comrak.ParseOptions()
    options.relaxed_autolinks = True  # http://localhost:3000
    return options


_PARSING = _parsing()
_RENDERING = _rendering()
