"""The machine: its clock, its memory and the release that runs on it."""

import platform
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import django
import httpx
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext

from chatapp.diagnostics import postgres, service_calls
from chatapp.diagnostics.results import Result, by_share, green, heroku, note, red, yellow
from chatapp.diagnostics.runner import in_own_thread

YELLOW_SECONDS, RED_SECONDS = 5.0, 60.0  # that clocks differ
HALF = timedelta(seconds=0.5)  # the service reports whole seconds

MEGABYTE = 1024 * 1024
STATUS = Path("/proc/self/status")
# The second belongs to older systems. Either may be missing; "max" or a huge number mean no limit.
LIMITS = (
    Path("/sys/fs/cgroup/memory.max"),
    Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"),
)
UNLIMITED = 2**50  # bytes

COMMIT_CHARACTERS = 10
METADATA = "labs:enable runtime-dyno-metadata"


async def check_clock() -> Result:
    """Compare this clock with others: leases, image links and sessions depend on the time."""
    return clock_result(await in_own_thread(_database_offset), await _service_offset())


def clock_result(database: float | None, service: float | None) -> Result:
    """Both are the seconds that the other clock is ahead of this one, None if unknown."""
    named = ((gettext("the database"), database), (gettext("the model service"), service))
    known = [(name, ahead) for name, ahead in named if ahead is not None]
    if not known:
        return green(gettext("There is no other clock to compare with."))
    texts = [f"{name} {ahead:+.1f} s" for name, ahead in known]
    found = gettext("Compared with this machine: %s.") % ", ".join(texts)
    largest = max(abs(ahead) for _name, ahead in known)
    if largest < YELLOW_SECONDS:
        return green(found)
    fix = gettext("One of the clocks is wrong. A restart may move the app to another machine.")
    command = heroku("ps:restart")
    return (yellow if largest < RED_SECONDS else red)(found, fix, command)


def _database_offset() -> float | None:
    if connection.vendor == "sqlite":
        return None  # it uses this machine's clock
    connection.ensure_connection()
    started_at = datetime.now(UTC)
    return _offset(started_at, postgres.now())


async def _service_offset() -> float | None:
    if settings.SERVICE.kind == "none":
        return None
    started_at = datetime.now(UTC)
    try:
        response, _body = await service_calls.get("/available-models")
    except (httpx.HTTPError, aiohttp.ClientError):
        return None  # the check of the service reports it
    date = service_calls.date_of(response)
    return _offset(started_at, date + HALF) if date else None


def _offset(started_at: datetime, other: datetime) -> float:
    """Assume that the other clock was read halfway between `started_at` and now."""
    middle = started_at + (datetime.now(UTC) - started_at) / 2
    return (other - middle).total_seconds()


def check_memory() -> Result:
    """Compare the memory of this process with what there is."""
    used = memory_used()
    if used is None:
        return note(gettext("Memory use isn't available here."))
    return memory_result(used, settings.DYNO_MEMORY_MB or memory_limit())


def memory_result(used: int, limit: int) -> Result:
    """Both are in MB; a limit of 0 is unknown."""
    if not limit:
        return green(gettext("This process uses %s MB. The limit is unknown.") % used)
    found = gettext("This process uses %(used)s of %(limit)s MB.")
    fix = gettext("While images are prepared, up to 300 MB more are used. Choose a larger dyno.")
    facts = {"used": used, "limit": limit}
    return by_share(used, limit, found % facts, fix, heroku("ps:type web=standard-2x"))


def memory_used() -> int | None:
    """Return MB, None where there is no /proc."""
    if not STATUS.exists():
        return None
    fields = dict(row.split(":", 1) for row in STATUS.read_text().splitlines() if ":" in row)
    return int(fields["VmRSS"].split()[0]) // 1024


def memory_limit() -> int:
    """Return the container's limit in MB, 0 without one."""
    texts = [path.read_text().strip() for path in LIMITS if path.exists()]
    limits = [int(text) for text in texts if text.isdigit()]
    return min((limit for limit in limits if limit < UNLIMITED), default=0) // MEGABYTE


def check_release() -> Result:
    """Return which release runs, on which Python and Django."""
    parts = [
        *([settings.RELEASE] if settings.RELEASE else []),
        *([settings.VERSION[:COMMIT_CHARACTERS]] if settings.VERSION != "local" else []),
        f"Python {platform.python_version()}",
        f"Django {django.get_version()}",
    ]
    found = ", ".join(parts) + "."
    if settings.ON_DYNO and settings.VERSION == "local":
        fix = gettext(
            "Give the app its release and its name. Open pages then announce a new version, and "
            "the model service can fetch images."
        )
        return yellow(found, fix, heroku(METADATA))
    return green(found)
