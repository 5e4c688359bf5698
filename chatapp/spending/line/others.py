"""Whether other processes use the same database, for those that no Redis joins."""

import asyncio
import logging

import django.db

from chatapp import background
from chatapp.spending.models import LineProcess

BEAT_SECONDS = 4

logger = logging.getLogger(__name__)

_count = 0


def start() -> None:
    background.spawn("line processes", _beat_forever())


def are_there() -> bool:
    return _count > 0


async def _beat_forever() -> None:
    global _count
    while True:
        try:
            _count = await background.in_thread(LineProcess.objects.beat)
        except django.db.Error as error:
            logger.warning("Other processes could not be counted: %s", type(error).__name__)
        await asyncio.sleep(BEAT_SECONDS)
