"""What is cleaned up while the server runs: uploads that nobody continued, and left-over slices."""

import asyncio
import logging

import django.db
from django.utils import timezone

from chatapp import background
from chatapp.images.store import StoreUnavailable
from chatapp.transfer.importing import uploads

INTERVAL_SECONDS = 60 * 60

logger = logging.getLogger(__name__)


def start() -> None:
    background.spawn("clean up uploads", _forever())


async def _forever() -> None:
    while True:
        try:
            await background.in_spare_thread(_remove)
        except (django.db.Error, StoreUnavailable):
            # Nothing depends on it: the next run finds the same.
            logger.exception("Old uploads could not be removed")
        await asyncio.sleep(INTERVAL_SECONDS)


def _remove() -> None:
    uploads.remove_forgotten(timezone.now())
