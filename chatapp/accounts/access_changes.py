"""Let every process notice within two seconds that the access of a person has changed.

The process that stores a change asks the others to look. Without Redis nobody hears that, and
messages may be lost, so each also looks by itself: one query by an index, which finds nothing.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import django.db
from django.db import transaction
from django.db.models.functions import Now

from chatapp import background
from chatapp.accounts import ended_sessions
from chatapp.accounts.models import Person
from chatapp.accounts.signals import access_changed
from chatapp.jobs import runner
from chatapp.realtime import protocol
from chatapp.realtime.hub import CLOSE, call_on, hub
from chatapp.realtime.relay import relay

POLL_SECONDS = 1
JOINED_POLL_SECONDS = 5  # while messages of the other processes arrive, and nothing has changed
# A change counts as new for so long. Whatever began before it was stored is found meanwhile.
RECENT = timedelta(seconds=10)
COMMAND = "access"

logger = logging.getLogger(__name__)

_wake: asyncio.Event | None = None
_loop: asyncio.AbstractEventLoop | None = None


class Change(NamedTuple):
    person_id: UUID
    is_active: bool
    at: datetime


def note(person_id: UUID) -> None:
    """Make all processes look at this person's access once the transaction is committed.

    Call it after sessions were ended, too: their sockets are closed as soon.
    """
    Person.objects.filter(pk=person_id).update(access_changed_at=Now())
    transaction.on_commit(_announce)


def start() -> None:
    global _wake, _loop
    _wake, _loop = asyncio.Event(), asyncio.get_running_loop()
    relay.on(COMMAND, _wake.set)
    background.spawn("access changes", _look_forever(_wake))


def _announce() -> None:
    if _wake and _loop and not _loop.is_closed():
        call_on(_loop, _wake.set)
    relay.send_command(COMMAND)


async def _look_forever(wake: asyncio.Event) -> None:
    known: set[Change] = set()
    while True:
        wake.clear()
        try:
            known = await look(known)
        except django.db.Error as error:
            logger.warning("Changes of access could not be looked up: %s", type(error).__name__)
        seldom = relay.joined and not known
        with suppress(TimeoutError):
            async with asyncio.timeout(JOINED_POLL_SECONDS if seldom else POLL_SECONDS):
                await wake.wait()


async def look(known: set[Change]) -> set[Change]:
    """Apply the recent changes in this process, and return them; `known` are those of last time."""
    recent = set(await background.in_thread(_recent))
    if recent - known:
        await ended_sessions.close_ended()
    for change in recent:
        if not change.is_active or change not in known:
            # A page that may stay learns from its next socket what has changed.
            hub.deliver(protocol.person_group(change.person_id), CLOSE)
        if not change.is_active:
            await runner.release_jobs_of(change.person_id)
        access_changed.send(Person, person_id=change.person_id, is_active=change.is_active)
    return recent


def _recent() -> list[Change]:
    # The database's clock is the only one that counts.
    rows = Person.objects.filter(access_changed_at__gt=Now() - RECENT)
    found = rows.values_list("pk", "is_active", "access_changed_at")
    return [Change(pk, is_active, at) for pk, is_active, at in found if at]
