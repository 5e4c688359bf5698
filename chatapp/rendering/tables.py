"""Let a table scroll by itself, under a name of its own."""

import re
import textwrap
from html import escape, unescape

from chatapp.rendering.labels import labels

MAX_NAME = 80  # characters of the column names

_TABLE = re.compile(r"<table>(?P<head>.*?</thead>)?(?P<rest>.*?)</table>", re.DOTALL)
_CELL = re.compile(r"<th[ >].*?</th>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


def make_scrollable(html: str) -> str:
    """Put each table into a box that scrolls; the columns tell its name from other tables'."""
    return _TABLE.sub(_boxed, html)


def _boxed(table: re.Match[str]) -> str:
    name = escape(_name(table["head"] or ""))
    box = f'<div class="table-scroll" tabindex="0" role="group" aria-label="{name}">'
    return f"{box}{table[0]}</div>"


def _name(head: str) -> str:
    cells = [
        " ".join(unescape(_TAG.sub("", cell.replace("<br>", " "))).split())
        for cell in _CELL.findall(head)
    ]
    columns = ", ".join(filter(None, cells))
    if not columns:
        return labels().table
    return f"{labels().table}: {textwrap.shorten(columns, MAX_NAME, placeholder='…')}"
