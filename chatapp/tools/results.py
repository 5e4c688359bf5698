"""Encode what a tool returns for the model: a JSON object, never empty, and of limited size."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping
from itertools import islice
from typing import Any

from chatapp.server.valid_text import make_valid_json

MAX_BYTES = 50 * 1024  # of UTF-8: some 15,000 tokens in every later request of the conversation
NOTHING = {"result": "(nothing)"}
MARK = "…"
INCOMPLETE = f"Values that end in {MARK} were too long and are not complete."


def to_json(content: Mapping[str, object], max_bytes: int = MAX_BYTES) -> str:
    """Return compact JSON of at most `max_bytes`.

    Content that is too long stays valid JSON: the longest texts and lists lose their ends, and the
    first key of the object reports it. Raises TypeError and ValueError for values that JSON lacks.
    """
    content = make_valid_json(content or NOTHING)
    whole = _json(content)
    if _bytes(whole) <= max_bytes:
        return whole

    def at_most(items: int) -> str:
        return _json({"incomplete": INCOMPLETE, **_shortened(content, items)})

    # Search from below, so that no try is much larger than the limit.
    least = 1
    while _bytes(at_most(least * 2)) <= max_bytes:
        least *= 2
    too_many = bisect_left(
        range(least * 2), True, lo=least, key=lambda items: _bytes(at_most(items)) > max_bytes
    )
    return at_most(too_many - 1)


def _shortened(value: Any, most: int) -> Any:
    """Return `value` with at most `most` characters, items and keys in each part."""
    match value:
        case str() if len(value) > most:
            return value[:most] + MARK
        case Mapping():
            first = islice(value.items(), most)
            kept = {_shortened(key, most): _shortened(item, most) for key, item in first}
            return kept | ({MARK: MARK} if len(value) > most else {})
        case list() | tuple():
            items = [_shortened(item, most) for item in value[:most]]
            return items + ([MARK] if len(value) > most else [])
    return value


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _bytes(text: str) -> int:
    return len(text.encode())
