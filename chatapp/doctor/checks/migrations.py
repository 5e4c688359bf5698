"""The tables are those that this code expects."""

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils.translation import gettext, ngettext

from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, green, red

MIGRATE = "python manage.py migrate"
SHOWN = 5


def look() -> Result:
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return line([f"{migration.app_label}.{migration.name}" for migration, _backwards in plan])


def line(pending: list[str]) -> Result:
    if not pending:
        return green(gettext("All are applied."))
    words = {"count": len(pending), "names": ", ".join(pending[:SHOWN])}
    found = ngettext(
        "%(count)s is pending: %(names)s.", "%(count)s are pending: %(names)s.", len(pending)
    )
    fix = gettext("Apply them; the release phase of a deploy should have done so.")
    return red(found % words, fix, heroku(f"run {MIGRATE}", f".venv/bin/{MIGRATE}"))
