"""The database: encryption, connections, space, migrations and backups."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext, ngettext

from chatapp.diagnostics import postgres
from chatapp.diagnostics.results import (
    Result,
    by_share,
    green,
    heroku,
    note,
    red,
    set_config,
    yellow,
)
from chatapp.server.database_errors import manage_command
from chatapp.server.database_state import database_is_full, pending_migrations, probe

MEGABYTE = 1024 * 1024
LOCAL_HOSTS = ("", "localhost", "127.0.0.1", "::1")
MAX_NAMES = 5  # of pending migrations

ADD = "addons:create heroku-postgresql:essential-0"
UPGRADE = "addons:upgrade DATABASE heroku-postgresql:essential-1"
SCHEDULE_BACKUPS = "pg:backups:schedule DATABASE_URL --at '02:00 UTC'"


def check_database() -> Result:
    """Return which database it is, and whether the connection to it is encrypted."""
    if connection.vendor == "sqlite":
        return _sqlite_result()
    if error := postgres.connection_error():
        return connection_result(error)
    return postgres_result(postgres.version(), postgres.tls(), connection.settings_dict["HOST"])


def _sqlite_result() -> Result:
    if settings.ON_DYNO:
        found = gettext("SQLite, in a file that is deleted when the dyno restarts.")
        return red(found, gettext("Add Postgres, which sets DATABASE_URL."), heroku(ADD))
    file = Path(connection.settings_dict["NAME"])
    facts = {"file": file.name, "size": filesizeformat(sqlite_size())}
    return green(gettext("SQLite, %(file)s with %(size)s.") % facts)


def connection_result(error: str) -> Result:
    """`error` is the message of Postgres, which isn't shown because it holds addresses."""
    if "too many" in error or "remaining connection slots" in error:
        found = gettext("Postgres refuses more connections: all are taken.")
        return red(found, gettext("See who uses them."), heroku("pg:ps"))
    found = gettext("Postgres can't be reached.")
    fix = gettext("Check its state, and whether DATABASE_URL is right.")
    return red(found, fix, heroku("pg:info"))


def postgres_result(version: str, tls: str, host: str) -> Result:
    """`tls` is the version of the protocol, "" without encryption."""
    if tls:
        facts = {"version": version, "tls": tls}
        return green(gettext("PostgreSQL %(version)s over %(tls)s.") % facts)
    found = gettext("PostgreSQL %s, not encrypted.") % version
    if host in LOCAL_HOSTS or host.startswith("/"):
        return green(found)
    fix = gettext("Add ?sslmode=require to DATABASE_URL.")
    return red(found, fix) if settings.ON_DYNO else yellow(found, fix)


def check_connections() -> Result:
    """Compare the open connections of all clients with the limit of the plan."""
    if connection.vendor == "sqlite":
        return green(gettext("SQLite has no limit for connections."))
    return connections_result(postgres.connections())


def connections_result(connections: postgres.Connections) -> Result:
    facts = {
        "used": connections.used,
        "limit": connections.limit,
        "pool": settings.DATABASE_POOL_SIZE,
    }
    found = gettext(
        "%(used)s of %(limit)s are open. Each process of this app opens up to %(pool)s."
    )
    fix = gettext("Open fewer in each process, or see who else is connected.")
    command = set_config(f"CHAT_DATABASE_POOL_SIZE={max(2, settings.DATABASE_POOL_SIZE // 2)}")
    return by_share(connections.used, connections.limit, found % facts, fix, command)


def check_space() -> Result:
    """Compare the size of the database with that of the plan, and try whether it takes anything."""
    probe()
    if database_is_full():
        return full_result(gettext("The database is full or read-only: it takes nothing new."))
    return space_result(sqlite_size() if connection.vendor == "sqlite" else postgres.size())


def full_result(found: str) -> Result:
    fix = gettext("Choose a larger plan, or delete conversations and images.")
    return red(found, fix, heroku(UPGRADE))


def space_result(size: int) -> Result:
    """`size` is in bytes."""
    if not settings.DATABASE_SIZE_MB:
        found = gettext("%s used. No limit is set (CHAT_DATABASE_SIZE_MB).")
        return green(found % filesizeformat(size))
    limit = settings.DATABASE_SIZE_MB * MEGABYTE
    facts = {
        "size": filesizeformat(size),
        "limit": filesizeformat(limit),
        "percent": f"{100 * size / limit:.0f}",
    }
    found = gettext("%(size)s of %(limit)s used (%(percent)s %%).") % facts
    fix = gettext(
        "Choose a larger plan and set CHAT_DATABASE_SIZE_MB to its size, or move images and "
        "documents to a bucket (manage.py move_files)."
    )
    return by_share(size, limit, found, fix, heroku(UPGRADE))


def sqlite_size() -> int:
    """Return the bytes of the SQLite database, including what is still in its log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        return int(cursor.fetchone()[0])


def check_migrations() -> Result:
    """Return whether the tables are those that this code expects."""
    return migrations_result(pending_migrations())


def migrations_result(pending: list[str]) -> Result:
    if not pending:
        return green(gettext("All migrations are applied."))
    facts = {"count": len(pending), "names": ", ".join(pending[:MAX_NAMES])}
    found = ngettext(
        "%(count)s migration is pending: %(names)s.",
        "%(count)s migrations are pending: %(names)s.",
        len(pending),
    )
    fix = gettext("Apply them. The release phase of a deploy normally does.")
    return red(found % facts, fix, manage_command("migrate"))


def check_backups() -> Result:
    """Return how to back up. The platform doesn't report to a dyno which backups there are."""
    if connection.vendor == "sqlite":
        return note(gettext("To back up, copy the database file while the app is stopped."))
    if not settings.ON_DYNO:
        return note(gettext("To back up, run pg_dump. This app doesn't see which backups exist."))
    return note(
        gettext("To see your backups, run heroku pg:backups."),
        gettext("To schedule one every night:"),
        heroku(SCHEDULE_BACKUPS),
    )
