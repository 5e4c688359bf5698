"""What Postgres says of itself. Each function asks one question of the current connection."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import OperationalError, connection


class Connections(NamedTuple):
    used: int
    limit: int


def trouble() -> str:
    """What keeps us from connecting, "" for nothing. Without the pool, which would only wait."""
    direct = connection.copy()
    direct.settings_dict["OPTIONS"].pop("pool", None)
    try:
        direct.ensure_connection()
    except OperationalError as error:
        return str(error)
    direct.close()
    return ""


def version() -> str:
    """Such as 16.4."""
    shown: str = _ask("SHOW server_version")[0]
    return shown.split()[0]


def tls() -> str:
    """The protocol of this connection, such as TLSv1.3; "" when it is not encrypted."""
    row = _ask("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    encrypted, protocol = row or (False, "")
    return str(protocol) if encrypted else ""


def connections() -> Connections:
    """Of our role where it has a limit of its own, as on Heroku's smaller plans, else of all.

    A limit of -1 is none, and so is any for a superuser.
    """
    of_role, everybody, role_limit, server_limit = _ask("""
        SELECT (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user),
               (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
               (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
               current_setting('max_connections')::int
    """)
    if 0 <= role_limit < server_limit:
        return Connections(of_role, role_limit)
    return Connections(everybody, server_limit)


def size() -> int:
    """In bytes, of this database with its indexes."""
    return int(_ask("SELECT pg_database_size(current_database())")[0])


def now() -> datetime:
    moment: datetime = _ask("SELECT clock_timestamp()")[0]
    return moment


def _ask(query: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()
