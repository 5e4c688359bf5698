"""Hide every configured secret, because results quote what other servers sent."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from chatapp.inference.error_body import can_be_told_from_words
from chatapp.server.valid_text import make_valid

MIN_CHARACTERS = 4  # a shorter secret protects nothing, and would be found in many words
HIDDEN = "•••"


def redact(text: str) -> str:
    """Return valid text without secrets."""
    for secret in _secrets():
        text = text.replace(secret, HIDDEN)
    return make_valid(text)


def _secrets() -> list[str]:
    """Return the longest first, because one may be part of another."""
    bucket: dict[str, Any] = (settings.BUCKET or {}).get("OPTIONS", {})
    email: dict[str, Any] = settings.MAILERS["default"].get("OPTIONS", {})
    password = urlsplit(settings.REDIS_URL).password or ""
    found = {
        settings.SECRET_KEY,
        settings.SERVICE.key if can_be_told_from_words(settings.SERVICE.key) else "",
        settings.DATABASES["default"].get("PASSWORD") or "",
        password,
        unquote(password),
        email.get("password", ""),
        bucket.get("access_key", ""),
        bucket.get("secret_key", ""),
    }
    secrets = (secret for secret in found if len(secret) >= MIN_CHARACTERS)
    return sorted(secrets, key=len, reverse=True)
