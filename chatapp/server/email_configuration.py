"""Read EMAIL_URL."""

from typing import Any
from urllib.parse import unquote

from chatapp.server.addresses import split_url

TIMEOUT_SECONDS = 8  # short, because a page waits for the email server


def email_backend(url: str, on_dyno: bool) -> dict[str, Any]:
    """Return the email backend for smtp://user:password@host:port (STARTTLS) or smtps://… (TLS).

    Without a URL, emails are written to the console, but dropped on a dyno: links for new passwords
    must not be in a log that other services may receive.
    """
    url = url.strip()
    if not url:
        name = "django.core.mail.backends.dummy.EmailBackend"
        return {
            "BACKEND": name if on_dyno else "chatapp.accounts.console_email.ReadableConsoleBackend"
        }
    parts = split_url(url, "smtp", "smtps")
    if not parts or parts.path.strip("/") or parts.query:
        raise ValueError("EMAIL_URL must look like smtp://user:password@host:587")
    port = parts.port or (465 if parts.scheme == "smtps" else 587)
    # Some providers write smtps although their port uses STARTTLS.
    secure = parts.scheme == "smtps" and port != 587
    options = {
        "host": parts.hostname,
        "port": port,
        "username": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "use_ssl": secure,
        "use_tls": not secure,
        "timeout": TIMEOUT_SECONDS,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
