"""This machine, the database and the model service agree about the time: leases of replies,
links to images and sessions depend on it."""

from datetime import UTC, datetime, timedelta

import aiohttp
import httpx
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from chatapp.doctor import asking, postgres
from chatapp.doctor.commands import heroku
from chatapp.doctor.own_thread import in_own_thread
from chatapp.doctor.result import Result, green, red, yellow

APART = 5.0  # seconds
FAR_APART = 60.0
HALF = timedelta(seconds=0.5)  # the service tells whole seconds


async def look() -> Result:
    return line(await in_own_thread(_from_database), await _from_service())


def line(database: float | None, service: float | None) -> Result:
    """Both in seconds that the other clock is ahead of ours; None when it can't be told."""
    shown = ((gettext("the database"), database), (gettext("the model service"), service))
    known = [(name, ahead) for name, ahead in shown if ahead is not None]
    if not known:
        return green(gettext("There is no other clock to compare with."))
    texts = [f"{name} {ahead:+.1f} s" for name, ahead in known]
    found = gettext("Compared with this machine: %s.") % ", ".join(texts)
    worst = max(abs(ahead) for _name, ahead in known)
    if worst < APART:
        return green(found)
    fix = gettext("One of the clocks is wrong. A restart may bring another machine.")
    command = heroku("ps:restart")
    return (yellow if worst < FAR_APART else red)(found, fix, command)


def _from_database() -> float | None:
    if connection.vendor == "sqlite":
        return None  # it asks this machine
    connection.ensure_connection()
    begun = datetime.now(UTC)
    return _ahead(begun, postgres.now())


async def _from_service() -> float | None:
    if settings.SERVICE.kind == "none":
        return None
    begun = datetime.now(UTC)
    try:
        response, _body = await asking.get("/available-models")
    except (httpx.HTTPError, aiohttp.ClientError):
        return None  # the line of the service says so
    date = asking.date_of(response)
    return _ahead(begun, date + HALF) if date else None


def _ahead(begun: datetime, told: datetime) -> float:
    """The other clock was read at some moment since `begun`, so most likely halfway."""
    middle = begun + (datetime.now(UTC) - begun) / 2
    return (told - middle).total_seconds()
