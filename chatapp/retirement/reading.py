"""Read the service's list of models, at most once an hour for the whole instance.

Only Heroku's list has dates. It is never needed: while it can't be read, what was last read holds.
"""

import asyncio
import logging
from contextlib import suppress

import django.db
from django.conf import settings

from chatapp import background
from chatapp.inference import make_http_client
from chatapp.inference.listing import WITH_DATES, fetch_listing
from chatapp.realtime.relay import relay
from chatapp.retirement import offers
from chatapp.retirement.endings import MAX_MODELS
from chatapp.retirement.models import ServiceList

COMMAND = "listed-models"
LOOK_SECONDS = 600  # between two looks whether the hour is over, and at what others have read

logger = logging.getLogger(__name__)


def start() -> None:
    """Read the list again and again; only Heroku's is worth it."""
    if settings.SERVICE.kind != "heroku":
        return
    wake = asyncio.Event()
    relay.on(COMMAND, wake.set)
    background.spawn("listed models", _read_forever(wake))


async def read_if_due() -> bool:
    """Ask the service for its list unless that was done within the hour; True if it has one."""
    service = settings.SERVICE
    if not await background.in_thread(ServiceList.objects.claim, service.url):
        return False
    async with make_http_client(settings.HTTP_TRANSPORT) as http:
        listed = await fetch_listing(service, http, (WITH_DATES,))
    if not 0 < len(listed) <= MAX_MODELS:
        return False
    await background.in_thread(ServiceList.objects.store, service.url, listed)
    return True


async def refresh() -> None:
    """Know what is stored."""
    offers.know(await background.in_thread(ServiceList.objects.listed, settings.SERVICE.url))


async def _read_forever(wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        try:
            await refresh()
            if await read_if_due():
                await refresh()
                relay.send_command(COMMAND)
        except django.db.Error as error:
            logger.warning("The list of models could not be kept: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await wake.wait()
