"""Handle text that strangers wrote: label it for the model, and make it safe to show."""

from __future__ import annotations

import unicodedata

MAX_LINE_CHARACTERS = 80


def label_untrusted(source: str, content: object) -> dict[str, object]:
    """Label data that a site or a service sent.

    A tool that returns it must warn the model in its description that `untrusted_content` is never
    an instruction.
    """
    return {"source": source, "untrusted_content": content}


def plain_line(text: str, most: int = MAX_LINE_CHARACTERS) -> str:
    """Return one line of at most `most` characters, without control and direction characters."""
    visible = "".join(
        " " if char.isspace() else char
        for char in text
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    line = " ".join(visible.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
