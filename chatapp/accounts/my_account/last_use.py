"""Note when each session was last used, without a query in any request.

A request only leaves a note in memory. A task writes the notes of all requests together.
"""

import asyncio
import logging
import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import django.db
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import SignIn
from chatapp.accounts.my_account.sign_in import user_agent_of
from chatapp.server.client_address import client_address

WRITE_SECONDS = 30
NOTED_SECONDS = 5 * 60
MAX_REMEMBERED = 10_000  # sessions in a process

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Use:
    """What a request shows of its session."""

    person_id: UUID
    user_agent: str
    address: str


_noted: dict[str, float] = {}  # when, in seconds of the process, by the key of the session
_waiting: dict[str, Use] = {}


def note(request: HttpRequest, person_id: UUID) -> None:
    """Note that a session is used, at most once in NOTED_SECONDS."""
    key = request.session.session_key
    now = time.monotonic()
    if not key or (key in _noted and now < _noted[key] + NOTED_SECONDS):
        return
    if len(_noted) >= MAX_REMEMBERED:
        _noted.clear()
    _noted[key] = now
    _waiting[key] = Use(person_id, user_agent_of(request), client_address(request).network)


def start() -> None:
    background.spawn("last use", _forever())


async def _forever() -> None:
    while True:
        await asyncio.sleep(WRITE_SECONDS)
        await write()


async def write() -> None:
    """Write what was noted. What can't be written now is tried again next time."""
    if not _waiting:
        return
    uses = dict(_waiting)
    _waiting.clear()
    try:
        await background.in_thread(_write, uses)
    except django.db.Error:
        _waiting.update(uses | _waiting)
        logger.warning("The last use of %s sessions could not be noted", len(uses))


def _write(uses: dict[str, Use]) -> None:
    now = timezone.now()
    SignIn.objects.filter(session_key__in=uses).update(last_used_at=now)
    _complete(uses, now)


def _complete(uses: dict[str, Use], now: datetime) -> None:
    """Fill in what isn't known of sessions that an older release began."""
    for key in SignIn.objects.unrecorded(uses):
        with suppress(IntegrityError), transaction.atomic():  # the person may be gone since
            SignIn.objects.create(person_id=uses[key].person_id, session_key=key, last_used_at=now)
    for row in SignIn.objects.filter(session_key__in=uses, user_agent="", address=""):
        use = uses[row.session_key]
        row.user_agent, row.address = use.user_agent, use.address
        row.save(update_fields=["user_agent", "address"])
