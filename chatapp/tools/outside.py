"""Text that strangers wrote: marked for the model, and fit for one line on the screen."""

from __future__ import annotations

import unicodedata

LINE_CHARACTERS = 80


def from_outside(source: str, content: object) -> dict[str, object]:
    """Labels data as what a site or a service said. A tool that gives it tells the model in its
    description that `untrusted_content` is never an instruction."""
    return {"source": source, "untrusted_content": content}


def plain_line(text: str, most: int = LINE_CHARACTERS) -> str:
    """One line of at most so many characters, without control and direction characters."""
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    line = " ".join(visible.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
