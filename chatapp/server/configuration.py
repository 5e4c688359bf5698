"""Read the config vars that need more than one line.

Each function refuses an invalid value with a ValueError whose text names the config var.
"""

import re
import secrets
from email.utils import formataddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from environs import Env

MIN_SETUP_CODE_CHARACTERS = 12  # too many to guess, also from many addresses
NO_DATABASE = {"ENGINE": "django.db.backends.dummy"}
MAX_SITE_NAME = 40  # characters: it has to fit into the sidebar
EMAIL_TIMEOUT_SECONDS = 8  # short, because a page waits for the email server


def local_secret_key(path: Path) -> str:
    """Return the key of this checkout, which is made on first use and kept in an ignored file."""
    if not path.exists():
        path.write_text(secrets.token_urlsafe(48))
        path.chmod(0o600)
    return path.read_text().strip()


def database(read: dict[str, Any], pool_size: int, on_dyno: bool) -> dict[str, Any]:
    """Return the database of DATABASE_URL with the options that this app needs.

    Return NO_DATABASE for a file on a dyno: its disk is erased at every restart.
    """
    if read["ENGINE"] == "django.db.backends.sqlite3":
        if on_dyno:
            return dict(NO_DATABASE)
        # DEFERRED transactions gave 3,055 lock errors with two writers, IMMEDIATE none.
        options = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        }
        return read | {"OPTIONS": options}
    # The smallest Postgres plan allows 20 connections in all. Waiting for one ends with an error
    # after 10 s; the platform ends a request after 30 s anyway.
    options = {
        **read.get("OPTIONS", {}),
        "pool": {"min_size": 1, "max_size": pool_size, "timeout": 10},
        "connect_timeout": 5,
        **({"sslmode": "require"} if on_dyno else {}),
    }
    return read | {"OPTIONS": options, "CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}


def redis_url(url: str) -> str:
    """Check redis://:password@host:port/0, or rediss://… with TLS; "" means no Redis.

    The error doesn't repeat the URL, which contains a password.
    """
    url = url.strip()
    try:
        parts = urlsplit(url)
        named = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
        fits = named and re.fullmatch("/?[0-9]*", parts.path)
    except ValueError:  # of urlsplit: an address or a port that is none
        fits = None
    if url and not fits:
        raise ValueError(
            "REDIS_URL must look like redis://host:6379 or rediss://:password@host:6379"
        )
    return url


def weather_urls(env: Env) -> tuple[str, str]:
    """Return the addresses of Open-Meteo's forecast and geocoding, or of compatible servers."""
    now = env.str("CHAT_WEATHER_URL", "https://api.open-meteo.com")
    places = env.str("CHAT_GEOCODING_URL", "https://geocoding-api.open-meteo.com")
    return base_url("CHAT_WEATHER_URL", now), base_url("CHAT_GEOCODING_URL", places)


def base_url(name: str, url: str) -> str:
    """Check the address of a service, http(s)://host with or without a path."""
    url = url.strip().rstrip("/")
    try:
        parts = urlsplit(url)
        is_plain = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:  # of urlsplit: an address or a port that is none
        is_plain = False
    if not is_plain or parts.query or parts.fragment:
        raise ValueError(f"{name} must look like https://host")
    return url


def attachment(name: str) -> str:
    """Return the prefix of the service's config vars, the name by which the add-on is attached."""
    if not re.fullmatch("[A-Z][A-Z0-9_]*", name):
        raise ValueError("CHAT_INFERENCE_ATTACHMENT must be a name such as INFERENCE")
    return name


def site_name(name: str) -> str:
    """Return the name of the app, on one line."""
    name = name.strip()
    if len(name) > MAX_SITE_NAME or not name.isprintable():
        raise ValueError(f"CHAT_SITE_NAME must be one line of at most {MAX_SITE_NAME} characters")
    return name or "Chat"


def sender(address: str, name: str) -> str:
    """Return who emails come from; without an address, the site by its name."""
    return address or formataddr((name, "chat@localhost"))


def setup_code(code: str) -> str:
    """Return the code that the first visitor must know, "" for none."""
    code = code.strip()
    if code and len(code) < MIN_SETUP_CODE_CHARACTERS:
        raise ValueError(f"CHAT_SETUP_CODE needs at least {MIN_SETUP_CODE_CHARACTERS} characters")
    return code


def email_backend(url: str, on_dyno: bool) -> dict[str, Any]:
    """Return the email backend for smtp://user:password@host:port (STARTTLS) or smtps://… (TLS).

    Without a URL, emails are written to the console, but dropped on a dyno: links for new passwords
    must not be in a log that other services may receive.
    """
    url = url.strip()
    parts = urlsplit(url)
    if not url:
        name = "django.core.mail.backends.dummy.EmailBackend"
        return {
            "BACKEND": name if on_dyno else "chatapp.accounts.console_email.ReadableConsoleBackend"
        }
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
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
        "timeout": EMAIL_TIMEOUT_SECONDS,
    }
    return {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}


def hosts(stated: list[str], on_dyno: bool, own_name: str) -> list[str]:
    """Return the allowed hosts: those that are listed, and on a dyno its own name.

    A dyno without any name accepts all: the router only forwards requests for this app.
    """
    if not on_dyno:
        return stated or ["localhost", "127.0.0.1", "[::1]"]
    if not (stated or own_name):
        return ["*"]
    return list(dict.fromkeys([*stated, *filter(None, [own_name])]))


def public_origin(stated: str, on_dyno: bool, hosts: list[str], own_name: str) -> str:
    """Return the origin for links to the model service, such as https://chat.example.com, or "".

    Without CHAT_PUBLIC_ORIGIN a dyno uses its own name, which it knows if dyno metadata are
    enabled, or the only host that is listed.
    """
    stated = stated.strip().rstrip("/")
    parts = urlsplit(stated)
    if stated and (parts.scheme != "https" or not parts.hostname or parts.path):
        raise ValueError("CHAT_PUBLIC_ORIGIN must look like https://chat.example.com")
    if stated or not on_dyno:
        return stated
    names = [host for host in hosts if "*" not in host and not host.startswith(".")]
    host = own_name or (names[0] if len(names) == 1 else "")
    return f"https://{host}" if host else ""
