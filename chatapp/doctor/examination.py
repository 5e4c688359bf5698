"""Runs checks, each within a time limit, and turns whatever happens into a line."""

import asyncio
import logging
from dataclasses import replace
from inspect import iscoroutinefunction

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseTrouble
from django.db import close_old_connections
from django.utils.translation import gettext

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.doctor.checks import Check
from chatapp.doctor.concealing import conceal
from chatapp.doctor.own_thread import in_own_thread
from chatapp.doctor.result import Result, red
from chatapp.server import logs

SECONDS = 10  # of one check
REPORT_SECONDS = 12  # of all of them together

logger = logging.getLogger(__name__)


async def examine(check: Check) -> Result:
    """The line of a check, whatever happens to it; it takes no longer than SECONDS."""
    result = await _look(check)
    return replace(result, found=conceal(result.found))


def begin(person: Person, check: Check) -> asyncio.Task[Result]:
    """Runs a check for a person, or joins the one that runs already: however often and in however
    many tabs somebody asks, the service is asked once at a time."""
    return background.spawn(f"doctor:{person.pk}:{check.name}", examine(check))


async def gathered(tasks: list[asyncio.Task[Result]]) -> list[Result]:
    """The lines of checks that were begun together, in their order, after REPORT_SECONDS at most.
    Those who stop waiting stop no check: somebody else may wait for it too.

    A request that waits here gives its connection back: the checks may need it, and so may replies.
    """
    await sync_to_async(close_old_connections)()
    await asyncio.wait(tasks, timeout=REPORT_SECONDS)
    return [task.result() if task.done() else _late() for task in tasks]


async def _look(check: Check) -> Result:
    try:
        async with asyncio.timeout(SECONDS):
            if iscoroutinefunction(check.look):
                found: Result = await check.look()
                return found
            return await in_own_thread(check.look)
    except TimeoutError:
        return _late()
    except DatabaseTrouble as error:
        _log(check, error)
        return red(
            gettext("The database does not answer this question (%s).") % type(error).__name__,
            gettext("See the lines about the database."),
        )
    except Exception as error:
        _log(check, error)
        return red(
            gettext("This check itself failed (%s).") % type(error).__name__,
            gettext("The log says where."),
        )


def _late() -> Result:
    return red(gettext("No answer within %s seconds.") % SECONDS, gettext("Run it again."))


def _log(check: Check, error: Exception) -> None:
    logger.error("The check %s failed: %s", check.name, logs.place(error))
