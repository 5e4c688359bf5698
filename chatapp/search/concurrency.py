"""Let each person search once at a time, so that nobody keeps the others from searching.

Whoever types quickly sends one search after the other. Of those that wait only the newest is run.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any
from uuid import UUID

from chatapp import background

WAIT_SECONDS = 5.0

_numbers = count()

_running: dict[UUID, asyncio.Lock] = {}
_newest: dict[UUID, object] = {}


class Superseded(Exception):
    """The same person has searched again meanwhile, or the wait was too long."""


async def run_exclusively[T](person_id: UUID, function: Callable[..., T], *args: Any) -> T:
    """Run a search in a thread, after the person's earlier one. Raises Superseded.

    A browser that leaves ends its request, but not the query in the thread: the lock is kept as
    long as that runs.
    """
    await background.release_connection()  # the task doesn't know of the request
    work = _wait_and_run(person_id, function, args)
    name = f"search:{person_id}:{next(_numbers)}"
    return await asyncio.shield(background.spawn(name, work, expected=(Superseded,)))


async def _wait_and_run[T](person_id: UUID, function: Callable[..., T], args: tuple[Any, ...]) -> T:
    async with exclusive(person_id):
        return await background.in_reader_thread(function, *args)


@asynccontextmanager
async def exclusive(person_id: UUID) -> AsyncIterator[None]:
    """Wait for the earlier search of a person. Raises Superseded."""
    ticket = _newest[person_id] = object()
    lock = _running.setdefault(person_id, asyncio.Lock())
    try:
        async with asyncio.timeout(WAIT_SECONDS):
            await lock.acquire()
    except TimeoutError as error:
        raise Superseded from error
    try:
        if _newest.get(person_id) is not ticket:
            raise Superseded
        yield
    finally:
        lock.release()
        if _newest.get(person_id) is ticket:  # nobody waits
            del _newest[person_id], _running[person_id]
