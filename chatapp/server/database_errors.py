"""Tell apart what stops the database, because each kind needs another answer.

- `away`: it can't be reached, or has no connection left;
- `full`: it can be read but takes nothing new. A plan that is used up loses INSERT and UPDATE;
- `unprepared`: tables or columns are missing, because the migrations weren't applied.
"""

import re
from typing import Any, Literal

import django.db
from django.conf import settings
from django.db import DatabaseError, InterfaceError, OperationalError, connection

# Only these may go away by themselves, so what raised them may be tried again.
DATABASE_AWAY = (OperationalError, InterfaceError)

type Kind = Literal["away", "full", "unprepared"]

# SQLSTATEs of Postgres: no privilege, read-only transaction, disk full; undefined table, column
NO_PRIVILEGE = "42501"
FULL_STATES = (NO_PRIVILEGE, "25006", "53100")
UNPREPARED_STATES = ("42P01", "42703")
# SQLite's primary result codes; the lower byte of an extended one
READ_ONLY, FULL = 8, 13
CORRUPT, NOT_A_DATABASE = 11, 26
UNPREPARED_TEXT = re.compile(r"no such (table|column)|has no column named")
# What Heroku revokes when a plan is used up, and statements that lock rows.
CHANGES_ROWS = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|SELECT.*\sFOR\s)", re.DOTALL)


class DatabaseFull(OperationalError):
    """Nothing new can be saved; Postgres reports it by three other classes of error."""


def is_full(error: DatabaseError, sql: str = "") -> bool:
    """Return whether a statement failed because the database takes nothing new."""
    cause: Any = error.__cause__
    state = getattr(cause, "sqlstate", None)
    if state == NO_PRIVILEGE:
        return bool(CHANGES_ROWS.match(sql))  # else reading or making tables is forbidden
    code = getattr(cause, "sqlite_errorcode", 0)
    return state in FULL_STATES or code & 0xFF in (READ_ONLY, FULL)


def kind_of(error: BaseException | None) -> Kind | None:
    """Return what stops the database, None for any other error."""
    if not isinstance(error, django.db.Error):
        return None
    if isinstance(error, DatabaseFull) or (isinstance(error, DatabaseError) and is_full(error)):
        return "full"
    state = getattr(error.__cause__, "sqlstate", None)
    if state in UNPREPARED_STATES or UNPREPARED_TEXT.search(str(error)):
        return "unprepared"
    is_broken = getattr(error.__cause__, "sqlite_errorcode", 0) in (CORRUPT, NOT_A_DATABASE)
    return "away" if is_broken or isinstance(error, DATABASE_AWAY) else None


def explain(error: BaseException) -> str | None:
    """Return one sentence for a terminal, None for an error that isn't about the database's state.

    The sentence never has the password, because libpq doesn't repeat it.
    """
    database = connection.settings_dict
    place = database["HOST"] or database["NAME"]
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    reason = reason.removeprefix("connection failed: ")
    if getattr(error.__cause__, "sqlstate", None) == NO_PRIVILEGE and kind_of(error) != "full":
        return f"The role in DATABASE_URL lacks a privilege: {reason}"
    match kind_of(error):
        case "away":
            return f"The database {place} (DATABASE_URL) can't be used: {reason}"
        case "full":
            return f"The database {place} (DATABASE_URL) is full or read-only: {reason}"
        case "unprepared":
            return f"The database {place} isn't prepared. Run: {migrate_command()}"
    return None


def migrate_command() -> str:
    return manage_command("migrate")


def manage_command(arguments: str) -> str:
    """Return a command of manage.py as it is typed on this host."""
    if settings.ON_DYNO:
        return f"heroku run python manage.py {arguments}"
    python = ".venv/bin/python" if (settings.ROOT / ".venv").exists() else "python"
    return f"{python} manage.py {arguments}"
