"""The only file that knows the markdown engine (comrak): source in, raw HTML of each block out.

What it returns is not safe to show: `blocks.finish_block` makes it so. Everything that a reply
wrote itself arrives escaped, so a `<` here always begins one of the engine's own tags.
"""

import re
from functools import cache

import comrak

# An unclosed `\(` makes the engine look for its end up to the end of the paragraph, so many of
# them cost quadratic time: 50,000 in 100 KB took 1.3 s. Above this number they are plain text.
MAX_LATEX_OPENERS = 2_000

# A table's short rows are filled up with empty cells: 6 KB of source made 21 MB of HTML. The same
# number of cells as characters of the source may be added, and these.
MIN_FILLED_CELLS = 2_000

# Each reference to a footnote is two links of 100 characters and more.
MAX_FOOTNOTE_MARKS = 500

FOOTNOTES_START = '<section class="footnotes"'

_BLOCK_TAG = re.compile(r"<[a-z]+[1-6]?")
_LATEX_OPENER = re.compile(r"\\[(\[]")
_FOOTNOTE_MARK = re.compile(r"\[\^")
# The second line of a table, perhaps in a quote or a list, and lines that only look like one.
_DELIMITER_ROW = re.compile(r"^[-|: \t\v\f>*+.)\d]++$", re.MULTILINE)
_BLANK_LINE = re.compile(r"\n[ \t\v\f>]*\n")
_UNUSUAL = re.compile("[\r\0\ufeff\ud800-\udfff]")


def normalise(text: str) -> str:
    """Make line endings `\\n` and replace what cannot be encoded or shown.

    A byte order mark inside a text is dropped: the engine drops it only at the very beginning,
    and a block must not look different when it is rendered by itself.
    """
    if _UNUSUAL.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\ufeff", "")
        text = _UNUSUAL.sub("\ufffd", text)
    return text


def render_blocks(text: str) -> list[str]:
    """Raw HTML of every top-level block of normalised source, without surrounding newlines.

    Footnotes come as one last block that begins with `FOOTNOTES_START`. Raw HTML blocks are
    escaped text without any tag around it; neighbours of that kind come as one.
    """
    extensions = _extensions(
        latex=len(_LATEX_OPENER.findall(text)) <= MAX_LATEX_OPENERS,
        footnotes=len(_FOOTNOTE_MARK.findall(text)) <= MAX_FOOTNOTE_MARKS,
        tables=_filled_cells(text) <= MIN_FILLED_CELLS + len(text),
    )
    return _split_top_level(comrak.render_markdown(text, extensions, _PARSING, _RENDERING))


def _filled_cells(text: str) -> int:
    """At most so many cells would be added to rows of tables that are shorter than their head."""
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
        end = html.find("<", start)
        return end if end >= 0 else len(html)
    opening, closing = tag[0], f"</{tag[0][1:]}>"
    if opening == "<hr":
        return html.index(">", start) + 1
    # Lists and quotes hold others of their kind: go on until every inner one is closed.
    position, depth = start, 0
    while True:
        end = html.index(closing, position) + len(closing)
        depth += html.count(opening, position, end) - 1
        if depth == 0:
            return end
        position = end


@cache
def _extensions(*, latex: bool, footnotes: bool, tables: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.autolink = True
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
    options.tasklist_classes = True
    return options


_PARSING = comrak.ParseOptions()
_RENDERING = _rendering()
