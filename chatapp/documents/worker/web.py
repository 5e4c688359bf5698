"""Read a web page that was saved as a file."""

from __future__ import annotations

from . import markup, plain
from .pages import Extract, Unit, collect, parts


def read(content: bytes) -> Extract:
    """Return what a reader of the page sees, in parts. Raises Refused."""
    text = plain.decode(content)
    return collect(Unit.PART, parts(markup.blocks(text)), title=markup.title(text))
