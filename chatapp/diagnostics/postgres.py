"""What Postgres reports about itself. Each function sends one query."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import OperationalError, connection


class Connections(NamedTuple):
    used: int
    limit: int


def connection_error() -> str:
    """Return why a new connection fails, "" if it works. The pool would only wait, so bypass it."""
    direct = connection.copy()
    direct.settings_dict["OPTIONS"].pop("pool", None)
    try:
        direct.ensure_connection()
    except OperationalError as error:
        return str(error)
    direct.close()
    return ""


def version() -> str:
    """Return the version, such as 16.4."""
    shown: str = _query("SHOW server_version")[0]
    return shown.split()[0]


def tls() -> str:
    """Return the protocol of this connection, such as TLSv1.3, "" when it isn't encrypted."""
    row = _query("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
    encrypted, protocol = row or (False, "")
    return str(protocol) if encrypted else ""


def connections() -> Connections:
    """Count the connections of our role if it has a limit of its own, as on Heroku's smaller plans,
    else those of everybody. A role's limit of -1 means none."""
    by_role, in_total, role_limit, server_limit = _query("""
        SELECT (SELECT count(*) FROM pg_stat_activity WHERE usename = current_user),
               (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
               (SELECT rolconnlimit FROM pg_roles WHERE rolname = current_user),
               current_setting('max_connections')::int
    """)
    if 0 <= role_limit < server_limit:
        return Connections(by_role, role_limit)
    return Connections(in_total, server_limit)


def size() -> int:
    """Return the bytes of this database with its indexes."""
    return int(_query("SELECT pg_database_size(current_database())")[0])


def now() -> datetime:
    moment: datetime = _query("SELECT clock_timestamp()")[0]
    return moment


def _query(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()
