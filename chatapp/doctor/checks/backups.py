"""How to see and schedule backups: the platform tells a dyno nothing about them."""

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, note

SCHEDULE = "pg:backups:schedule DATABASE_URL --at '02:00 UTC'"


def look() -> Result:
    if connection.vendor == "sqlite":
        return note(gettext("Copy the file of the database while the app is stopped."))
    if not settings.ON_DYNO:
        return note(gettext("Not ours to know: pg_dump writes one."))
    return note(
        gettext("Only the platform knows: heroku pg:backups lists them."),
        gettext("To have one every night:"),
        heroku(SCHEDULE),
    )
