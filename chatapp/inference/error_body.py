"""Read the body of an error: JSON, JSON in a string, plain text, a web page or nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from chatapp.server.valid_text import make_valid_source

MAX_DETAIL_CHARACTERS = 2_000
MIN_SECRET_CHARACTERS = 12  # a key of this length is no word, whatever it is made of
MIN_MIXED_CHARACTERS = 6  # with a digit or a sign in it
MAX_NESTING = 8  # layers of JSON to unwrap; a string with JSON in it is a layer too

SECRETS = re.compile(r"\b(?:inf|sk)-[\w-]{6,}|\bbearer\s+\S+", re.IGNORECASE)
JSON_STARTS = ("{", "[", '"')
STATUS_BY_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "authorization_error": 403,
    "permission_error": 403,
    "not_found_error": 404,
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


def words_of(fields: Mapping[str, object]) -> str:
    """Return everything in which the service names the failure: message, code and type.

    Only for rules, never for people: nothing is masked, so that a key can't hide a word.
    """
    words = (fields.get(name) for name in ("message", "code", "type"))
    return " ".join(str(word) for word in words if isinstance(word, str | int))


def detail_of(fields: Mapping[str, object], secret: str) -> str:
    """Return the service's message on one line, without `secret` and anything like a key."""
    message = fields.get("message")
    if not isinstance(message, str):
        return ""
    line = " ".join(hide_secrets(message, secret).split())
    return shorten(_with_counts(line, fields), MAX_DETAIL_CHARACTERS)


def hide_secrets(text: str, secret: str) -> str:
    """Return the text with "[key]" for `secret` and for anything that looks like a key."""
    if can_be_told_from_words(secret):
        for form in (secret, json.dumps(secret)[1:-1]):
            text = text.replace(form, "[key]")
    return SECRETS.sub("[key]", text)


def can_be_told_from_words(secret: str) -> bool:
    """Return whether hiding `secret` in a text hides no other words.

    Servers without sign-in get a key such as "x", "none" or "lm-studio", which protects nothing.
    """
    if len(secret) >= MIN_SECRET_CHARACTERS:
        return True
    return len(secret) >= MIN_MIXED_CHARACTERS and not secret.replace("-", "").isalpha()


def _with_counts(line: str, fields: Mapping[str, object]) -> str:
    """Add the counts that llama.cpp sends beside the message of an overflow."""
    counted, window = fields.get("n_prompt_tokens"), fields.get("n_ctx")
    if isinstance(counted, int) and isinstance(window, int):
        return f"{line} ({counted} tokens > {window})"
    return line


def shorten(line: str, characters: int) -> str:
    return line if len(line) <= characters else line[: characters - 1] + "…"
