"""Notice when the database takes nothing new, and when it does again.

A full database still answers, so pages can be read and conversations deleted. Everything that is to
be saved waits or is refused with a sentence; nothing has to be restarted afterwards.
"""

import logging
import re
from collections.abc import Callable
from functools import cache
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from chatapp.server.database_errors import DatabaseFull, is_full

ADDS = re.compile(r"\s*(INSERT|UPDATE)\b")
# They change nothing, but need the same privileges as real ones.
PROBES = (
    "INSERT INTO django_migrations (app, name, applied)"
    " SELECT app, name, applied FROM django_migrations WHERE 1 = 0",
    "UPDATE django_migrations SET app = app WHERE 1 = 0",
)

logger = logging.getLogger(__name__)

_full = False


def watch_connections() -> None:
    """Look at the outcome of every statement, also of packages."""
    connection_created.connect(_watch, dispatch_uid="chatapp.server.database_state")


def database_is_full() -> bool:
    """Return whether a full database refused the last INSERT or UPDATE of this process."""
    return _full


def probe() -> None:
    """Find out whether the database takes something new. Raises DatabaseError when it's away."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in PROBES:
                cursor.execute(statement)
    except DatabaseFull:
        return  # and it has been noticed


def pending_migrations() -> list[str]:
    """Return the migrations that this code needs and this database lacks, with one query."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [f"{app}.{name}" for app, name in _migrations() if (app, name) not in applied]


@cache
def _migrations() -> list[tuple[str, str]]:
    return sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _watch(connection: BaseDatabaseWrapper, **_signal: Any) -> None:
    # A connection that was opened again still has its wrapper.
    if _noticing not in connection.execute_wrappers:
        connection.execute_wrappers.append(_noticing)


def _noticing(
    execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]
) -> Any:
    try:
        result = execute(sql, params, many, context)
    except DatabaseError as error:
        if not is_full(error, sql):
            raise
        _note(True)
        raise DatabaseFull(str(error)) from error
    if _full and ADDS.match(sql):
        _note(False)
    return result


def _note(full: bool) -> None:
    global _full
    if full != _full:
        event = "The database takes nothing new" if full else "The database takes new rows again"
        logger.warning(event)
    _full = full
