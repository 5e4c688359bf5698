"""Keep up what spending needs while the server runs.

Caps are read again, calls that have ended are added to the kept sums, and calls that nobody settled
are settled.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import django.db
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.realtime.relay import relay
from chatapp.spending import caps, kept_sums, reservations
from chatapp.spending.ledger import IN_REPLIES, settle_abandoned
from chatapp.spending.models import ModelCall, Purpose

REFRESH_SECONDS = 5  # processes that no Redis joins learn of a cap so late
SWEEP_SECONDS = 60
LONGEST_CALL = timedelta(hours=1)  # with all its retries and waits
GRACE = timedelta(minutes=1)  # a reply may be about to end
SWEPT_AT_ONCE = 100

logger = logging.getLogger(__name__)


def start() -> None:
    wake = asyncio.Event()
    relay.on(caps.COMMAND, wake.set)
    background.spawn("caps", _refresh_forever(wake))
    background.spawn("abandoned calls", _sweep_forever())


def sweep() -> None:
    """Settle calls whose process died where no reply is resumed: of titles and tests, and of
    replies that have ended or are gone.

    A reply that ended settled all that it had sent, so what is left of it was never sent.
    """
    now = timezone.now()
    replies = Message.objects.filter(pk=OuterRef("reply_id"))
    running = ModelCall.objects.running().annotate(
        has_reply=Exists(replies), is_running=Exists(replies.running())
    )
    ended = running.filter(has_reply=True, is_running=False, begun_at__lt=now - GRACE)
    never_sent = ended.filter(purpose__in=IN_REPLIES)
    no_reply = Q(has_reply=False) | Q(purpose=Purpose.IMAGE_TEST)
    old = running.filter(no_reply, begun_at__lt=now - LONGEST_CALL)
    settle_abandoned(list(never_sent[:SWEPT_AT_ONCE]), were_sent=False)
    settle_abandoned(list(old[:SWEPT_AT_ONCE]), were_sent=True)
    reservations.remove_old()


async def _refresh_forever(wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        await _attempt(caps.refresh)
        with suppress(TimeoutError):
            async with asyncio.timeout(REFRESH_SECONDS):
                await wake.wait()


async def _sweep_forever() -> None:
    while True:
        await _attempt(kept_sums.update)
        await asyncio.sleep(SWEEP_SECONDS)
        await _attempt(sweep)


async def _attempt(work: Callable[[], None]) -> None:
    try:
        await background.in_spare_thread(work)
    except django.db.Error as error:
        # What is known holds until the next try.
        logger.warning("Spending could not be kept up: %s", type(error).__name__)
