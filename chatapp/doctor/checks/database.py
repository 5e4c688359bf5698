"""Which database it is, and whether the way to it is encrypted."""

from pathlib import Path

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from chatapp.doctor import postgres, sqlite
from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, green, red, yellow

ADD = "addons:create heroku-postgresql:essential-0"
LOCAL = ("", "localhost", "127.0.0.1", "::1")


def look() -> Result:
    if connection.vendor == "sqlite":
        return _sqlite()
    if trouble := postgres.trouble():
        return unreachable(trouble)
    return postgres_line(postgres.version(), postgres.tls(), connection.settings_dict["HOST"])


def _sqlite() -> Result:
    if settings.ON_DYNO:
        found = gettext("SQLite, in a file that is lost with the next restart.")
        return red(found, gettext("Add Postgres, which sets DATABASE_URL."), heroku(ADD))
    file = Path(connection.settings_dict["NAME"])
    words = {"file": file.name, "size": filesizeformat(sqlite.size())}
    return green(gettext("SQLite, %(file)s with %(size)s.") % words)


def unreachable(trouble: str) -> Result:
    """`trouble` is in the words of Postgres, which are not shown: they hold addresses."""
    if "too many" in trouble or "remaining connection slots" in trouble:
        found = gettext("Postgres refuses more connections: all are taken.")
        return red(found, gettext("See who holds them."), heroku("pg:ps"))
    found = gettext("Postgres can't be reached.")
    fix = gettext("See how it is, and whether DATABASE_URL is right.")
    return red(found, fix, heroku("pg:info"))


def postgres_line(version: str, tls: str, host: str) -> Result:
    """`tls` is the version of the protocol, "" without one."""
    if tls:
        words = {"version": version, "tls": tls}
        return green(gettext("PostgreSQL %(version)s over %(tls)s.") % words)
    found = gettext("PostgreSQL %s, not encrypted.") % version
    if host in LOCAL or host.startswith("/"):
        return green(found)
    fix = gettext("Add ?sslmode=require to DATABASE_URL.")
    return red(found, fix) if settings.ON_DYNO else yellow(found, fix)
