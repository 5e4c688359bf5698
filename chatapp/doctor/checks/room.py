"""How full the database is, against what the plan holds."""

from django.conf import settings
from django.db import connection
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from chatapp.doctor import postgres, sqlite
from chatapp.doctor.commands import heroku
from chatapp.doctor.result import Result, by_share, green

MEGABYTE = 1024 * 1024
UPGRADE = "addons:upgrade DATABASE heroku-postgresql:essential-1"


def look() -> Result:
    return line(sqlite.size() if connection.vendor == "sqlite" else postgres.size())


def line(size: int) -> Result:
    """`size` in bytes."""
    if not settings.DATABASE_SIZE_MB:
        found = gettext("It takes %s. No limit is known (CHAT_DATABASE_SIZE_MB).")
        return green(found % filesizeformat(size))
    limit = settings.DATABASE_SIZE_MB * MEGABYTE
    words = {
        "size": filesizeformat(size),
        "limit": filesizeformat(limit),
        "percent": f"{100 * size / limit:.0f}",
    }
    found = gettext("It takes %(size)s of %(limit)s, %(percent)s %%.") % words
    fix = gettext(
        "Take a larger plan and set CHAT_DATABASE_SIZE_MB to what it holds, or move the images "
        "to a bucket (manage.py move_images)."
    )
    return by_share(size, limit, found, fix, heroku(UPGRADE))
