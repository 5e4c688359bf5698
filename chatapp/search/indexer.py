"""Bring the index into step in the background: stale conversations first, then older ones.

The marks in the database are the list of what is left to do, so nothing is lost in a restart.
"""

import asyncio
import logging

import django.db

from chatapp import background
from chatapp.search import backfill
from chatapp.server.database_state import database_is_full

TASK = "search-index"
LOOK_SECONDS = 60  # between two looks for what other processes have left
LOOK_AGAIN_SECONDS = 60 * 60
REST = 4  # times as long as a batch took, so that others have the database most of the time
MAX_REST_SECONDS = 1.0

logger = logging.getLogger(__name__)

_loop: asyncio.AbstractEventLoop | None = None
_woken = asyncio.Event()


def start() -> None:
    global _loop, _woken
    _loop, _woken = asyncio.get_running_loop(), asyncio.Event()
    background.spawn(TASK, _forever())


def wake() -> None:
    """Begin soon, if this process indexes: a command leaves it to the server."""
    if _loop and not _loop.is_closed():
        _loop.call_soon_threadsafe(_woken.set)


async def _forever() -> None:
    loop = asyncio.get_running_loop()
    look_again_at = loop.time()
    while True:
        _woken.clear()
        try:
            if loop.time() >= look_again_at:
                await background.in_spare_thread(backfill.look_again)
                look_again_at = loop.time() + LOOK_AGAIN_SECONDS
            await _work()
        except django.db.Error as error:
            # The marks stay: the next look finds them.
            logger.warning("The search index waits: %s", type(error).__name__)
        try:
            await asyncio.wait_for(_woken.wait(), LOOK_SECONDS)
        except TimeoutError:
            continue


async def _work() -> None:
    loop = asyncio.get_running_loop()
    while not database_is_full():
        begin = loop.time()
        if not await background.in_spare_thread(_batch):
            return
        await asyncio.sleep(min(REST * (loop.time() - begin), MAX_REST_SECONDS))


def _batch() -> bool:
    return backfill.renew_stale() or backfill.fill_batch()
