"""Turn HTML into Markdown: headings, lists, tables, quotes and code; links keep their address."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import html
from lxml.etree import ParserError, _Element

HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
# fmt: off
SKIPPED = frozenset({
    "script", "style", "template", "noscript", "head", "svg", "math", "object", "iframe", "canvas",
    "nav", "button", "select",
})
BLOCKS = frozenset({
    "html", "body", "main", "article", "section", "header", "footer", "aside", "div", "p", "center",
    "address", "figure", "figcaption", "details", "summary", "form", "fieldset", "dl", "dt", "dd",
})
# fmt: on
HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
LINK = re.compile(r"https?://[^\s<>()]{1,500}")
MAX_DEPTH = 200
PARSER = html.HTMLParser(
    encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True, huge_tree=False
)


def blocks(markup: str) -> Iterator[str]:
    """Yield the blocks of a page as Markdown."""
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=PARSER)
    except ParserError:  # it has no elements
        return
    yield from _blocks(root, 0)


def title(markup: str) -> str:
    try:
        root = html.document_fromstring(markup.encode("utf-8", "replace"), parser=PARSER)
    except ParserError:
        return ""
    return str(root.findtext(".//title") or "")


def _blocks(element: _Element, depth: int) -> Iterator[str]:
    """Yield what is in an element: its own text line by line, and the blocks in it."""
    line: list[str] = [element.text or ""]
    for child in element:
        if _is_block(child) and depth < MAX_DEPTH:
            yield from _joined(line)
            line = []
            yield from _block(child, depth + 1)
        else:
            line.append(_inline(child, depth + 1))
        line.append(child.tail or "")
    yield from _joined(line)


def _block(element: _Element, depth: int) -> Iterator[str]:
    tag = element.tag
    if _is_skipped(element):
        return
    if tag in HEADINGS:
        yield from (f"{HEADINGS[tag]} {text}" for text in _joined([_content(element, depth)]))
    elif tag in ("ul", "ol"):
        yield from filter(None, ["\n".join(_items(element, depth))])
    elif tag == "table":
        yield from filter(None, [_table(element, depth)])
    elif tag == "pre":
        text = "".join(element.itertext()).strip("\n")
        fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", text)), 3)
        if text.strip():
            yield f"{fence}\n{text}\n{fence}"
    elif tag == "blockquote":
        for block in _blocks(element, depth):
            yield "\n".join(f"> {line}" for line in block.splitlines())
    elif tag == "hr":
        yield "---"
    else:
        yield from _blocks(element, depth)


def _items(element: _Element, depth: int) -> Iterator[str]:
    number = 0
    for item in element:
        if item.tag in ("ul", "ol") and depth < MAX_DEPTH:  # a list directly in a list
            yield from (f"  {line}" for line in _items(item, depth + 1))
        if item.tag != "li" or _is_skipped(item):
            continue
        number += 1
        mark = f"{number}. " if element.tag == "ol" else "- "
        lines = "\n".join(_blocks(item, depth + 1)).splitlines()
        for position, line in enumerate(lines):
            yield mark + line if not position else " " * len(mark) + line


def _table(element: _Element, depth: int) -> str:
    # The rows of a table in a cell are text of that cell already.
    rows = [
        [_cell(cell, depth) for cell in row if cell.tag in ("td", "th")]
        for row in element.iter("tr")
        if next(row.iterancestors("table"), None) is element
    ]
    rows = [row for row in rows if any(row)]
    if not rows:
        return ""
    width = max(map(len, rows))
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in rows]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])


def _cell(element: _Element, depth: int) -> str:
    return " ".join(_content(element, depth).split()).replace("|", "\\|")


def _content(element: _Element, depth: int) -> str:
    parts = [element.text or ""]
    for child in element:
        parts += (_inline(child, depth + 1), child.tail or "")
    return "".join(parts)


def _inline(element: _Element, depth: int) -> str:
    if _is_skipped(element) or depth > MAX_DEPTH:
        return ""
    if element.tag == "br":
        return "\n"
    if element.tag == "img":
        return str(element.get("alt") or "")
    text = _content(element, depth)
    if element.tag == "a" and text.strip():
        address = LINK.fullmatch(element.get("href") or "")
        if address and address[0] != text.strip():
            return f"[{' '.join(text.split())}]({address[0]})"
    # Blocks in here have no line of their own.
    return f" {text} " if element.tag in BLOCKS or element.tag in ("li", "td", "tr") else text


def _joined(line: list[str]) -> Iterator[str]:
    text = "\n".join(" ".join(each.split()) for each in "".join(line).split("\n"))
    if text.strip():
        yield re.sub(r"\n{2,}", "\n", text).strip()


def _is_block(element: _Element) -> bool:
    return (
        element.tag in BLOCKS
        or element.tag in HEADINGS
        or element.tag
        in (
            "ul",
            "ol",
            "table",
            "pre",
            "blockquote",
            "hr",
            "thead",
            "tbody",
            "tr",
            "td",
            "th",
            "li",
        )
    )


def _is_skipped(element: _Element) -> bool:
    """Return whether a reader of the page wouldn't see this element."""
    if not isinstance(element.tag, str) or element.tag in SKIPPED:
        return True
    return "hidden" in element.attrib or bool(HIDDEN_STYLE.search(element.get("style") or ""))
