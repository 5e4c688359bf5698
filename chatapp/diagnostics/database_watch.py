"""Look regularly whether the database takes something new, so that pages say so in time."""

import asyncio
import logging

import django.db

from chatapp import background
from chatapp.server import database_state

INTERVAL_SECONDS = 30

logger = logging.getLogger(__name__)


def start() -> None:
    background.spawn("watch the database", _forever())


async def _forever() -> None:
    while True:
        try:
            await background.in_thread(database_state.probe)
        except django.db.Error as error:
            logger.warning("The database doesn't answer: %s", type(error).__name__)
        await asyncio.sleep(INTERVAL_SECONDS)
