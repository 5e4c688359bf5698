"""The last word before a line is shown: nothing that is configured as a secret stands in it, and
it is valid text.

No check writes one on purpose, but most of them quote what somebody else's server said.
"""

from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings

from chatapp.doctor.checks import mail
from chatapp.server.valid_text import make_valid

LEAST = 4  # characters; what is shorter hides nothing, and would be found in every word
HIDDEN = "•••"


def conceal(text: str) -> str:
    for secret in _secrets():
        text = text.replace(secret, HIDDEN)
    return make_valid(text)


def _secrets() -> list[str]:
    """The longest first: one may be a part of another."""
    bucket: dict[str, Any] = (settings.BUCKET or {}).get("OPTIONS", {})
    password = urlsplit(settings.REDIS_URL).password or ""
    found = {
        settings.SECRET_KEY,
        settings.SERVICE.key,
        settings.DATABASES["default"].get("PASSWORD") or "",
        password,
        unquote(password),
        mail.server().get("password", ""),
        bucket.get("access_key", ""),
        bucket.get("secret_key", ""),
    }
    return sorted((one for one in found if len(one) >= LEAST), key=len, reverse=True)
