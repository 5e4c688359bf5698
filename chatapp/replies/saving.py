"""Save the running replies of this process while they grow, and end those that are to end."""

import asyncio
import logging
from operator import attrgetter
from uuid import UUID

import django.db

from chatapp import background
from chatapp.conversations.models import Message
from chatapp.conversations.models.saving import Snapshot, save_snapshots, unwanted_attempts
from chatapp.replies import live
from chatapp.replies.live import LiveReply

SAVE_SECONDS = 0.8
# Portions, because the text of hundreds at once would block the loop.
CHECK_SECONDS = SAVE_SECONDS / 8
SAVED_AT_ONCE = 50

logger = logging.getLogger(__name__)


def start() -> None:
    """Save for as long as there is a running reply."""
    background.spawn("save replies", _save_while_any())


async def _save_while_any() -> None:
    while live.all_here():
        await asyncio.sleep(CHECK_SECONDS)
        now = asyncio.get_running_loop().time()
        due = [reply for reply in live.all_here() if now - reply.saved_at >= SAVE_SECONDS]
        if due:
            await _save(sorted(due, key=attrgetter("saved_at"))[:SAVED_AT_ONCE], now)


async def _save(replies: list[LiveReply], now: float) -> None:
    grown = [reply for reply in replies if reply.has_grown]
    snapshots = [Snapshot(reply.reply, reply.progress) for reply in grown]
    try:
        unwanted = await background.in_thread(
            _save_and_look, snapshots, [reply.reply for reply in replies]
        )
    except django.db.Error as error:
        # The text is safe in memory; the next tick tries again.
        logger.warning("Running replies could not be saved: %s", type(error).__name__)
        return
    for reply, snapshot in zip(grown, snapshots, strict=True):
        reply.saved_sequence = snapshot.progress.sequence
    for reply in replies:
        reply.saved_at = now
        if reply.reply.pk in unwanted:
            background.cancel(reply.stream_name)


def _save_and_look(snapshots: list[Snapshot], replies: list[Message]) -> set[UUID]:
    try:
        save_snapshots(snapshots)
    except (ValueError, django.db.DataError):
        # The database can't hold one of them; the others must not suffer.
        for snapshot in snapshots:
            _save_alone(snapshot)
    return unwanted_attempts(replies)


def _save_alone(snapshot: Snapshot) -> None:
    try:
        save_snapshots([snapshot])
    except (ValueError, django.db.DataError) as error:
        logger.warning("Reply %s can't be saved: %s", snapshot.reply.pk, type(error).__name__)
