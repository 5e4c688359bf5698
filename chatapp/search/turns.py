"""Let each person search once at a time, so that nobody keeps the others from searching.

Whoever types quickly sends one search after the other. Of those that wait only the newest is run.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

WAIT_SECONDS = 5.0

_running: dict[UUID, asyncio.Lock] = {}
_newest: dict[UUID, object] = {}


class Overtaken(Exception):
    """The same person has searched again meanwhile, or the wait was too long."""


@asynccontextmanager
async def turn(person_id: UUID) -> AsyncIterator[None]:
    """Wait for the earlier search of a person. Raises Overtaken."""
    ticket = _newest[person_id] = object()
    lock = _running.setdefault(person_id, asyncio.Lock())
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await lock.acquire()
    except TimeoutError as error:
        raise Overtaken from error
    try:
        if _newest.get(person_id) is not ticket:
            raise Overtaken
        yield
    finally:
        lock.release()
        if _newest.get(person_id) is ticket:  # nobody waits
            del _newest[person_id], _running[person_id]
