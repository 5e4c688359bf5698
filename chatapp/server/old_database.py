"""Databases from before the first release, when the migrations were reset.

Django would take their first migrations for today's and continue with tables that don't fit.
"""

from typing import Any

from django.core.management import CommandError
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

RENAMED_APPS = ("connectors", "doctor")  # every database from before has one of them
SENTENCE = (
    "This database was made before the first release and can't be updated. Start with a new one: "
    "delete db.sqlite3 here, or run heroku pg:reset on Heroku. All conversations in it are lost."
)


def refuse_old_database(*, using: str, **signal: Any) -> None:
    """Listen to `pre_migrate`. Raises CommandError for a database from before the first release."""
    recorder = MigrationRecorder(connections[using])
    if any(app in RENAMED_APPS for app, _name in recorder.applied_migrations()):
        raise CommandError(SENTENCE)
