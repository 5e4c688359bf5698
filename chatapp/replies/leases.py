"""Renew the leases of this process, end its streams before a lease runs out, and take over replies
of dead processes."""

import asyncio
import logging
from contextlib import suppress

import django.db
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.leases import MAX_CRASHES
from chatapp.leases.renewal import renew_forever
from chatapp.realtime.relay import relay
from chatapp.replies import generation, outcomes

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
    """Renew leases; if that fails, end the streams before other processes take the replies over."""
    renew = Message.objects.renew_leases
    await renew_forever(renew, generation.made_here, generation.release_all)


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
    lost = Message.objects.lost().select_related("conversation__owner").order_by("leased_until")
    found = []
    for reply in lost[:SWEPT_AT_ONCE]:
        if reply.stop_requested_at or not reply.conversation.owner.is_active:
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
