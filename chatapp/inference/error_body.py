"""Read the body of an error: JSON, JSON in a string, plain text, a web page or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from chatapp.server.valid_text import make_valid_source

MAX_DETAIL_CHARACTERS = 2_000
MAX_NESTING = 8  # layers of JSON to unwrap; a string with JSON in it is a layer too

SECRETS = re.compile(r"\b(?:inf|sk)-[\w-]{6,}|\bbearer\s+\S+", re.IGNORECASE)
JSON_STARTS = ("{", "[", '"')
STATUS_BY_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "authorization_error": 403,
    "permission_error": 403,
    "unprocessable_entity": 422,
    "rate_limit_error": 429,
    "overloaded_error": 529,
}


def is_page(text: str, media_type: str) -> bool:
    """Return whether the body is a web page: a proxy or firewall answered, not the service."""
    start = text.lstrip()
    return start.startswith("<") or ("html" in media_type and not start.startswith(JSON_STARTS))


def error_fields(text: str) -> dict[str, object]:
    """Return the innermost error object of a body; text without JSON becomes its `message`."""
    value: object = text.strip()
    fields: dict[str, object] = {}
    for _ in range(MAX_NESTING):
        if isinstance(value, str):
            try:
                value = json.loads(value := make_valid_source(value))
            except (ValueError, RecursionError):
                return {"message": value} | fields
        elif isinstance(value, dict):
            fields = {k: v for k, v in value.items() if k != "error"}
            value = value.get("error")
        else:
            break
    return fields


def status_of(fields: Mapping[str, object]) -> int | None:
    """Return the HTTP status that an error object means by its code or type, None if none."""
    code = str(fields.get("code", ""))
    if re.fullmatch("[45][0-9][0-9]", code):
        return int(code)
    return STATUS_BY_TYPE.get(str(fields.get("type", "")))


def detail_of(fields: Mapping[str, object], secret: str) -> str:
    """Return the service's message on one line, without `secret` and anything like a key."""
    message = fields.get("message")
    if not isinstance(message, str):
        return ""
    if secret:
        message = message.replace(secret, "[key]")
    return shorten(" ".join(SECRETS.sub("[key]", message).split()), MAX_DETAIL_CHARACTERS)


def shorten(line: str, characters: int) -> str:
    return line if len(line) <= characters else line[: characters - 1] + "…"
