"""Renew the leases of this process, end its streams before a lease runs out, and take over replies
of dead processes."""

import asyncio
import logging
from contextlib import suppress

import django.db
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.conversations.models.lease import LEASE, MAX_CRASHES
from chatapp.realtime.relay import relay
from chatapp.replies import generation, outcomes

RENEW_SECONDS = 3
RETRY_SECONDS = 0.5
LEASE_MARGIN_SECONDS = 1.5  # before its end at which a lease counts as lost
SWEEP_SECONDS = 2
SWEPT_AT_ONCE = 10  # replies; the rest is for other processes, or the next sweep
FULL_SWEEP_SECONDS = 0.2  # pause after a sweep that found as many as it may take

logger = logging.getLogger(__name__)

_wake: asyncio.Event | None = None


def start() -> None:
    global _wake
    _wake = asyncio.Event()
    relay.on("sweep", sweep_soon)
    background.spawn("renew leases", _renew_forever())
    background.spawn("sweep", _sweep_forever(_wake))


def sweep_soon() -> None:
    """Sweep at once, because another process has released replies."""
    if _wake:
        _wake.set()


async def _renew_forever() -> None:
    """Renew leases.

    If that fails, end the streams while the leases still hold, because afterwards other processes
    may take over the replies.
    """
    loop = asyncio.get_running_loop()
    renewed = loop.time()
    while True:
        asked, lost = loop.time(), renewed + LEASE.total_seconds() - LEASE_MARGIN_SECONDS
        try:
            async with asyncio.timeout_at(lost):
                await background.in_urgent_thread(
                    Message.objects.renew_leases, generation.made_here()
                )
        except (TimeoutError, django.db.Error) as error:
            logger.warning("Leases could not be renewed: %s", type(error).__name__)
            if loop.time() + RETRY_SECONDS >= lost:
                generation.release_all()
                asked = loop.time()  # replies that begin from here on have new leases
            else:
                asked = renewed
            await asyncio.sleep(RETRY_SECONDS)
        else:
            await asyncio.sleep(RENEW_SECONDS)
        renewed = asked


async def _sweep_forever(wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        try:
            found = await background.in_thread(_sweep)
        except django.db.Error as error:
            logger.warning("Lost replies could not be looked for: %s", type(error).__name__)
            found = []
        for reply in found:
            generation.take_over(reply)
        pause = FULL_SWEEP_SECONDS if len(found) == SWEPT_AT_ONCE else SWEEP_SECONDS
        with suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await wake.wait()


def _sweep() -> list[Message]:
    """Return replies to resume; end those that were to stop, and those that crash every process."""
    lost = Message.objects.lost().select_related("conversation").order_by("leased_until")
    found = []
    for reply in lost[:SWEPT_AT_ONCE]:
        if reply.stop_requested_at:
            outcomes.close(reply, Message.Status.STOPPED, only_if="is lost")
        elif reply.leased_by and reply.crashes + 1 >= MAX_CRASHES:
            sentence = _(
                "The server stopped several times while it made this reply. "
                "Change your message, then try again."
            )
            outcomes.close(reply, Message.Status.FAILED, sentence, only_if="is lost")
        else:
            found.append(reply)
    return found
