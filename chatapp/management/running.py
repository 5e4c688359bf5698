"""Run a command of manage.py, and end with a sentence where a traceback would explain nothing."""

import sys
from collections.abc import Sequence

import django.db
from django.core.management import execute_from_command_line

from chatapp.server.database_errors import explain, kind_of
from chatapp.server.database_state import pending_migrations

NO_INPUT = "There was nothing to read: run this command in a terminal."


def run(arguments: Sequence[str]) -> None:
    try:
        execute_from_command_line(list(arguments))
    except django.db.Error as error:
        sentence = explain(error)
        if sentence is None or (kind_of(error) == "unprepared" and not pending_migrations()):
            raise
        sys.exit(sentence)
    except EOFError:
        sys.exit(NO_INPUT)
