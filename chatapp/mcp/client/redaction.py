"""Keep a server's token out of what the server sends back.

Some servers quote the key that they refuse, and test servers return the headers of a request.
"""

from __future__ import annotations

from typing import Any

HIDDEN = "[token]"
MIN_CHARACTERS = 8  # a shorter token may be a word of the answer


def hide[T](value: T, token: str) -> T:
    """Return JSON without the token, wherever it is in it. A scheme before the token may stay."""
    secret = token.rpartition(" ")[2]
    return _hide(value, secret) if len(secret) >= MIN_CHARACTERS else value


def _hide(value: Any, token: str) -> Any:
    match value:
        case str():
            return value.replace(token, HIDDEN) if token in value else value
        case dict():
            return {_hide(key, token): _hide(item, token) for key, item in value.items()}
        case list():
            return [_hide(item, token) for item in value]
    return value
