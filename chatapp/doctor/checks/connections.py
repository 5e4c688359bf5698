"""How many connections to the database are open, by everybody, against what the plan allows."""

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from chatapp.doctor import postgres
from chatapp.doctor.commands import config
from chatapp.doctor.result import Result, by_share, green


def look() -> Result:
    if connection.vendor == "sqlite":
        return green(gettext("Not counted: SQLite is a file."))
    return line(postgres.connections())


def line(connections: postgres.Connections) -> Result:
    words = {
        "used": connections.used,
        "limit": connections.limit,
        "pool": settings.DATABASE_POOL_SIZE,
    }
    found = gettext(
        "%(used)s of %(limit)s are open; each process of this app opens up to %(pool)s."
    )
    fix = gettext("Open fewer per process, or see who else is connected.")
    command = config(f"CHAT_DATABASE_POOL_SIZE={max(2, settings.DATABASE_POOL_SIZE // 2)}")
    return by_share(connections.used, connections.limit, found % words, fix, command)
