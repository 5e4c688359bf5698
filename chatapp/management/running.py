"""Run a command of manage.py, and end with a sentence where a traceback would explain nothing."""

import sys
from collections.abc import Sequence

from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from chatapp.server.database_errors import explain, kind_of

NOT_PREPARED = (
    "The database isn't prepared: {missing} migrations are missing. `make run` applies them, and "
    "so does this command: {python} manage.py migrate"
)
NO_INPUT = "There was nothing to read: run this command in a terminal."


def run(arguments: Sequence[str]) -> None:
    try:
        execute_from_command_line(list(arguments))
    except DatabaseError as error:
        if kind_of(error) == "unprepared" and (missing := _missing_migrations()):
            sys.exit(NOT_PREPARED.format(missing=missing, python=sys.executable))
        sentence = explain(error)
        if sentence is None:
            raise
        sys.exit(sentence)
    except EOFError:
        sys.exit(NO_INPUT)


def _missing_migrations() -> int:
    """Return how many migrations are missing; 0 also when the database can't be asked."""
    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return 0
