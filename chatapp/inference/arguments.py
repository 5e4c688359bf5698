"""The arguments of a call, as models write them."""

from __future__ import annotations

import json

from chatapp.valid_text import make_valid_source


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
