"""Run checks within a time limit, and make a result of whatever happens."""

import asyncio
import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import ContextVar
from dataclasses import dataclass, replace
from inspect import iscoroutinefunction
from typing import Any

from asgiref.sync import sync_to_async
from django.db import Error as DatabaseError
from django.db import close_old_connections, connections
from django.utils.functional import Promise
from django.utils.translation import gettext

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.diagnostics.redaction import redact
from chatapp.diagnostics.results import Result, note, red
from chatapp.replies.accounting import CapReached
from chatapp.server import logs

CHECK_SECONDS = 10
REPORT_SECONDS = 12  # for all checks together

asked_by: ContextVar[Person | None] = ContextVar("asked_by", default=None)

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Check:
    """A check of one thing.

    `look` returns a Result. A coroutine function is awaited, any other gets a thread of its own.
    The page itself runs a check that is `in_browser`. One that is `on_request` isn't run again with
    the others. `action` is the name of a URL that undoes what the check found; its button is shown
    with a fix.
    """

    name: str
    title: str | Promise
    look: Callable[[], Any]
    in_browser: bool = False
    on_request: bool = False
    action: str = ""
    action_label: str | Promise = ""


async def run(check: Check, person: Person | None = None) -> Result:
    """Return the result of a check, within CHECK_SECONDS and without secrets; `person` pays for the
    calls that it makes."""
    asked_by.set(person)
    result = await _look(check)
    return replace(result, found=redact(result.found))


def start(person: Person, check: Check) -> asyncio.Task[Result]:
    """Run a check for a person, or join the one that runs already, so that many tabs ask a service
    once at a time."""
    return background.spawn(f"diagnostics:{person.pk}:{check.name}", run(check, person))


async def gather(tasks: list[asyncio.Task[Result]]) -> list[Result]:
    """Return the results in order, after REPORT_SECONDS at most. The checks themselves continue,
    because another request may wait for them too.

    The request gives back its database connection: the checks and replies may need it.
    """
    await sync_to_async(close_old_connections)()
    await asyncio.wait(tasks, timeout=REPORT_SECONDS)
    return [task.result() if task.done() else _timed_out() for task in tasks]


async def in_own_thread[T](function: Callable[[], T]) -> T:
    """Run a blocking function in a thread that may hang. Nothing waits for it, not even the end of
    the process, and it takes no thread of `background` from the replies."""
    outcome: Future[T] = Future()
    outcome.set_running_or_notify_cancel()

    def work() -> None:
        try:
            try:
                value = function()
            finally:
                connections.close_all()
        except BaseException as error:
            outcome.set_exception(error)
        else:
            outcome.set_result(value)

    threading.Thread(target=work, name="diagnostics", daemon=True).start()
    return await asyncio.wrap_future(outcome)


async def _look(check: Check) -> Result:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            if iscoroutinefunction(check.look):
                found: Result = await check.look()
                return found
            return await in_own_thread(check.look)
    except TimeoutError:
        return _timed_out()
    except CapReached as reached:
        return note(reached.sentence)
    except DatabaseError as error:
        _log(check, error)
        return red(
            gettext("The database didn't answer this query (%s).") % type(error).__name__,
            gettext("See the checks of the database."),
        )
    except Exception as error:
        _log(check, error)
        return red(
            gettext("This check failed (%s).") % type(error).__name__,
            gettext("See where in the log."),
        )


def _timed_out() -> Result:
    found = gettext("No answer within %s seconds.") % CHECK_SECONDS
    return red(found, gettext("Run the checks again."))


def _log(check: Check, error: Exception) -> None:
    logger.error("The check %s failed: %s", check.name, logs.place(error))
