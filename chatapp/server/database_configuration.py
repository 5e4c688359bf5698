"""Read DATABASE_URL, and the secret key that a checkout keeps beside its database."""

import secrets
from pathlib import Path
from typing import Any

import dj_database_url
from django.db import connection

from chatapp.server.addresses import is_host

NO_DATABASE = {"ENGINE": "django.db.backends.dummy"}
ENGINES = ("django.db.backends.sqlite3", "django.db.backends.postgresql")
CONNECT_SECONDS = 3  # for each address of the host; a command says within 5 s that it got none
POOL_SECONDS = 10  # the platform ends a request after 30 s anyway
EXAMPLES = "postgres://user:password@host:5432/name or sqlite:////folder/db.sqlite3"
DJANGOS_OPTIONS = ("assume_role", "server_side_binding")  # libpq doesn't know these
MIN_KEY_CHARACTERS = 12


def database(url: str, default_file: Path, on_dyno: bool) -> dict[str, Any]:
    """Return the database of DATABASE_URL with the options that this app needs.

    Return NO_DATABASE for a file on a dyno: its disk is erased at every restart.
    """
    read = _parse(url.strip() or f"sqlite:///{default_file}")
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
    _check_options(read.get("OPTIONS", {}))
    options = {
        "connect_timeout": CONNECT_SECONDS,
        **({"sslmode": "require"} if on_dyno else {}),
        **read.get("OPTIONS", {}),  # the URL may ask for more, such as sslmode=verify-full
    }
    return read | {
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,
        # A transaction pooler such as PgBouncer gives the next statement to another connection,
        # which doesn't have the cursor.
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


def _check_options(options: dict[str, Any]) -> None:
    """Refuse options that only fail, with a traceback, once somebody connects."""
    # Imported where there is Postgres.
    from psycopg import ProgrammingError, conninfo

    try:
        ours = {key: value for key, value in options.items() if key not in DJANGOS_OPTIONS}
        conninfo.make_conninfo(**ours)
        conninfo.timeout_from_conninfo(options)
    except ProgrammingError as error:
        raise ValueError(f"DATABASE_URL can't be used: {' '.join(str(error).split())}") from error


def pool_connections(size: int) -> None:
    """Share a few connections to Postgres between the threads of a server.

    Commands have a single connection without a pool, which reports at once why it fails. The
    smallest Postgres plan allows 20 connections in all.
    """
    if connection.vendor == "postgresql" and connection.connection is None:
        options = connection.settings_dict["OPTIONS"]
        options["pool"] = {"min_size": 1, "max_size": size, "timeout": POOL_SECONDS}


def secret_key(key: str) -> str:
    """Return the key, or "" for none. Whoever guesses it can forge links and sessions."""
    key = key.strip()
    if key and len(key) < MIN_KEY_CHARACTERS:
        raise ValueError(
            f"SECRET_KEY needs at least {MIN_KEY_CHARACTERS} characters: openssl rand -hex 32"
        )
    return key


def local_secret_key(path: Path) -> str:
    """Return the key of this checkout, which is made on first use and kept in an ignored file."""
    try:
        key = path.read_text().strip() if path.exists() else ""
        if not key:
            key = secrets.token_urlsafe(48)
            path.touch(mode=0o600)
            path.write_text(key)
    except OSError as error:
        raise ValueError(
            f"SECRET_KEY isn't set, and {path} can't be used ({error.strerror}). Set SECRET_KEY, or"
            " allow this user to write there"
        ) from error
    return key


def _parse(url: str) -> dict[str, Any]:
    """Parse the URL. The error doesn't repeat it, because it contains a password."""
    try:
        read: dict[str, Any] = dict(dj_database_url.parse(url))
    except ValueError:  # a scheme or a port that is none
        read = {}
    host = str(read.get("HOST", ""))
    is_local = not host or host.startswith("/")  # a socket, or a file
    fits = read.get("ENGINE") in ENGINES and (is_local or all(map(is_host, host.split(","))))
    if not fits or read["NAME"] in ("", ":memory:"):
        raise ValueError(f"DATABASE_URL must look like {EXAMPLES}")
    return read
