"""Run a command of manage.py, and end with a sentence where a traceback would explain nothing."""

import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

NOT_PREPARED = (
    "The database isn't prepared: {missing} migrations are missing. `make run` applies them, and "
    "so does this command: {python} manage.py migrate"
)
NO_INPUT = "There was nothing to read: run this command in a terminal."


def run(arguments: Sequence[str]) -> None:
    try:
        execute_from_command_line(list(arguments))
    except DatabaseError:
        missing = _missing_migrations()
        if not missing:
            raise
        sys.exit(NOT_PREPARED.format(missing=missing, python=sys.executable))
    except EOFError:
        sys.exit(NO_INPUT)
    except KeyboardInterrupt:
        sys.exit("")


def _missing_migrations() -> int:
    """Return how many migrations are missing; 0 also when the database can't be asked."""
    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return 0
