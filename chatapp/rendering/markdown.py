"""The only file that knows the markdown engine (comrak): source in, raw HTML of each block out.

What it returns is not safe to show: `blocks.finish_block` makes it so. Everything that a reply
wrote itself arrives escaped, so a `<` here always begins one of the engine's own tags.
"""

import re

import comrak

# An unclosed `\(` makes the engine look for its end up to the end of the paragraph, so many of
# them cost quadratic time: 50,000 in 100 KB took 1.3 s. Above this number they are plain text.
MAX_LATEX_OPENERS = 2_000

FOOTNOTES_START = '<section class="footnotes"'

_BLOCK_TAG = re.compile(r"<[a-z]+[1-6]?")
_LATEX_OPENER = re.compile(r"\\[(\[]")
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
    latex = len(_LATEX_OPENER.findall(text)) <= MAX_LATEX_OPENERS
    extensions = _EXTENSIONS if latex else _EXTENSIONS_WITHOUT_LATEX
    return _split_top_level(comrak.render_markdown(text, extensions, _PARSING, _RENDERING))


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


def _extensions(*, latex: bool) -> comrak.ExtensionOptions:
    options = comrak.ExtensionOptions()
    options.autolink = True
    options.footnotes = True
    options.math_dollars = True
    options.math_latex = latex
    options.strikethrough = True
    options.table = True
    options.tasklist = True
    return options


def _rendering() -> comrak.RenderOptions:
    options = comrak.RenderOptions()
    options.escape = True
    options.tasklist_classes = True
    return options


_EXTENSIONS = _extensions(latex=True)
_EXTENSIONS_WITHOUT_LATEX = _extensions(latex=False)
_PARSING = comrak.ParseOptions()
_RENDERING = _rendering()
