"""What templates show of a tool call. These functions are properties of ToolCall; none queries."""

import json
from typing import TYPE_CHECKING

from chatapp.server.valid_text import make_valid_source
from chatapp.tools.registry import built_in
from chatapp.tools.runner import describe

if TYPE_CHECKING:
    from chatapp.conversations.models.tool_call import ToolCall

EXCERPT = 4_000  # characters of input and output, each, that a page holds
MAX_INDENTED = 200_000  # characters of each; longer JSON is shown as it is
MAX_PARSED = 15  # times the characters shown; longer JSON is shown as it is
MARK = "…"
MAX_SUMMARY = 5_000  # characters: before an approval all of it is shown


def shown_line(call: "ToolCall") -> str:
    """Return in one line what the call does or did."""
    tool = built_in().get(call.name) if call.is_undecided else None
    return describe(tool, call.arguments, MAX_SUMMARY) if tool else call.summary or call.name


def caution(call: "ToolCall") -> str:
    """Return what the person should know before they decide."""
    tool = built_in().get(call.name)
    return str(tool.caution) if tool else ""


def shown_arguments(call: "ToolCall") -> str:
    return _whole(call.arguments)


def shown_content(call: "ToolCall") -> str:
    return _whole(call.content)


def arguments_excerpt(call: "ToolCall") -> str:
    return _excerpt(call.arguments)


def content_excerpt(call: "ToolCall") -> str:
    return _excerpt(call.content)


def is_long(call: "ToolCall") -> bool:
    """Whether an excerpt leaves something out."""
    return MARK in (call.arguments_excerpt[EXCERPT:], call.content_excerpt[EXCERPT:])


def _whole(text: str) -> str:
    """Return all of a text, since a person may be deciding about it."""
    indented = _indented(text, MAX_INDENTED)
    return text if len(indented) > MAX_INDENTED else indented


def _excerpt(text: str) -> str:
    beginning = _indented(text, EXCERPT)
    return beginning[:EXCERPT] + MARK if len(beginning) > EXCERPT else beginning


def _indented(text: str, most: int) -> str:
    """Return JSON with indents, and anything else as it is.

    Indented nested brackets grow with the square of their number, so JSON may end anywhere after
    `most` characters.
    """
    if len(text) > most * MAX_PARSED:
        return text
    try:
        # Escaped halves of surrogate pairs can't be shown on a page.
        value = json.loads(make_valid_source(text))
        pieces = json.JSONEncoder(indent=2, ensure_ascii=False).iterencode(value)
        written, length = [], 0
        for piece in pieces:
            written.append(piece)
            length += len(piece)
            if length > most:
                break
    except (ValueError, RecursionError):
        return text
    return "".join(written)
