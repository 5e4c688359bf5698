"""The arguments of a call, as models write them."""

from __future__ import annotations

import json
import re

from chatapp.server.valid_text import make_valid_source

_MARK = re.compile(r'[\\"{}\[\]]')


def object_in(arguments: str) -> str | None:
    """The text of the JSON object that they are, or that they hold as a text once more, valid when
    it is parsed; None when they are none, or not whole yet."""
    value = json_value(arguments)
    if isinstance(value, str):
        arguments, value = value, json_value(value)
    return make_valid_source(arguments) if isinstance(value, dict) else None


def json_value(text: str) -> object:
    """The value of a JSON text, None for other text. Python alone takes NaN for JSON."""
    try:
        return json.loads(text, parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(constant)


class Brackets:
    """Tell when a JSON text that comes in pieces may be whole, without parsing it each time."""

    def __init__(self) -> None:
        self._depth = 0
        self._is_in_text = self._is_escaped = False
        self._has_closed = self._goes_on = False

    @property
    def are_closed(self) -> bool:
        """Whether the text holds one value, which has ended."""
        return self._has_closed and not self._goes_on

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
            self._goes_on = True  # nothing follows a whole value
        elif mark == '"':
            self._is_in_text = True
        elif mark in "{[":
            self._depth += 1
        elif mark in "}]":
            self._depth -= 1
            self._has_closed = self._depth == 0
