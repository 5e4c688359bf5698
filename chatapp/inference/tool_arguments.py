"""Read the arguments of a tool call, as models write them."""

from __future__ import annotations

import json
import re

from chatapp.server.valid_text import make_valid_source

_MARK = re.compile(r'[\\"{}\[\]]')


def object_text(arguments: str) -> str | None:
    """Return the JSON object in `arguments` as valid text, None when there is no whole object.

    Some models encode the object once more, as a JSON string; it is unwrapped.
    """
    value = json_value(arguments)
    if isinstance(value, str):
        arguments, value = value, json_value(value)
    return make_valid_source(arguments) if isinstance(value, dict) else None


def json_value(text: str) -> object:
    """Parse a JSON text; None for other text, and for the NaN that only Python accepts."""
    try:
        return json.loads(text, parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


class JsonScanner:
    """Find out when a JSON text that arrives in pieces is complete, without parsing it."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_in_text = self._is_escaped = False
        self._has_closed = self._has_more = False

    @property
    def is_complete(self) -> bool:
        """Return whether the text is one value that has ended."""
        return self._has_closed and not self._has_more

    def feed(self, piece: str) -> None:
        if not piece:
            return
        position = int(self._is_escaped)
        self._is_escaped = False
        while mark := _MARK.search(piece, position):
            position = mark.end()
            if not self._is_in_text:
                self._count(mark[0])
            elif mark[0] == '"':
                self._is_in_text = False
                self._has_closed = self._has_closed or self._depth == 0
            elif mark[0] == "\\":
                self._is_escaped = position == len(piece)
                position += 1

    def _count(self, mark: str) -> None:
        if self._has_closed:
            self._has_more = True  # nothing may follow a whole value
        elif mark == '"':
            self._is_in_text = True
        elif mark in "{[":
            self._depth += 1
        elif mark in "}]":
            self._depth -= 1
            self._has_closed = self._depth == 0
