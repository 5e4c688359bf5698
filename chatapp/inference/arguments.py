"""The arguments of a call, as models write them."""

from __future__ import annotations

import json


def object_in(arguments: str) -> str | None:
    """The text of the JSON object that they are, or that they hold as a text once more; None when
    they are none, or not whole yet."""
    value = json_value(arguments)
    if isinstance(value, str):
        arguments, value = value, json_value(value)
    return arguments if isinstance(value, dict) else None


def json_value(text: str) -> object:
    """The value of a JSON text, None for other text. Python alone takes NaN for JSON."""
    try:
        return json.loads(text, parse_int=float, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    raise ValueError(constant)
