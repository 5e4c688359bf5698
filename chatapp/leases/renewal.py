"""Renew the leases of this process, and stop its work before a lease runs out."""

import asyncio
import logging
from collections.abc import Callable, Collection
from uuid import UUID

import django.db

from chatapp import background
from chatapp.leases import LEASE

RENEW_SECONDS = 3
RETRY_SECONDS = 0.5
LEASE_MARGIN_SECONDS = 1.5  # before its end at which a lease counts as lost

logger = logging.getLogger(__name__)


async def renew_forever(
    renew: Callable[[Collection[UUID]], object],
    held: Callable[[], Collection[UUID]],
    release_all: Callable[[], object],
) -> None:
    """Renew leases; `renew` runs in a thread with the ids that `held` returns.

    If that fails, call `release_all` while the leases still hold, because afterwards other
    processes may take the rows.
    """
    loop = asyncio.get_running_loop()
    renewed = loop.time()
    while True:
        asked, lost = loop.time(), renewed + LEASE.total_seconds() - LEASE_MARGIN_SECONDS
        try:
            async with asyncio.timeout_at(lost):
                await background.in_urgent_thread(renew, held())
        except (TimeoutError, django.db.Error) as error:
            logger.warning("Leases could not be renewed: %s", type(error).__name__)
            if loop.time() + RETRY_SECONDS >= lost:
                release_all()
                asked = loop.time()  # work that begins from here on has new leases
            else:
                asked = renewed
            await asyncio.sleep(RETRY_SECONDS)
        else:
            await asyncio.sleep(RENEW_SECONDS)
        renewed = asked
