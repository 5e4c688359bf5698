"""Close the sockets of sessions that ended without a sign-out in a process that we can hear.

A session may be deleted by hand or expire, and a command may deactivate a person or set a
password. Every process looks up the sessions of its sockets, all together, once a heartbeat.
"""

import asyncio
import logging
from collections.abc import Iterable
from itertools import batched

import django.db
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.accounts.two_step.requirement import lacking
from chatapp.realtime import protocol
from chatapp.realtime.hub import CLOSE, hub

BATCH = 500  # sessions looked up by one query

logger = logging.getLogger(__name__)


def start() -> None:
    background.spawn("ended sessions", _forever())


async def _forever() -> None:
    while True:
        await asyncio.sleep(protocol.PULSE_SECONDS)
        await close_ended()


async def close_ended() -> None:
    """Close the sockets in this process whose sessions are no longer valid."""
    keys = protocol.listening_sessions()
    if not keys:
        return
    try:
        valid = await background.in_thread(valid_sessions, keys)
    except django.db.Error:
        logger.warning("The sessions of the sockets could not be looked up")
        return
    for key in keys - valid:
        hub.deliver(protocol.session_group(key), CLOSE)


def valid_sessions(keys: Iterable[str]) -> set[str]:
    """Return the keys of the sessions in which an active person is signed in.

    People who must set up two-step sign-in first have no sockets.
    """
    valid: set[str] = set()
    for batch in batched(keys, BATCH):
        stored = Session.objects.filter(session_key__in=batch, expire_date__gt=timezone.now())
        sessions = {session.session_key: session.get_decoded() for session in stored}
        ids = {data[SESSION_KEY] for data in sessions.values() if SESSION_KEY in data}
        active = Person.objects.filter(pk__in=ids, is_active=True).exclude(lacking())
        people = {str(each.pk): each for each in active}
        for key, data in sessions.items():
            person = people.get(data.get(SESSION_KEY, ""))
            if person and _was_begun_with_password(data, person):
                valid.add(key)
    return valid


def _was_begun_with_password(data: dict[str, str], person: Person) -> bool:
    """Return whether the session began with the person's present password."""
    return constant_time_compare(data.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
