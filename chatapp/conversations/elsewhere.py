"""Replies that other processes make, for the pages whose sockets are here.

Where processes are joined, events come by themselves and this only looks after those that got lost.
Where they are not, it is how a page learns of a reply at all: it then asks for its state.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import django.db
from django.db.models import OuterRef, Subquery
from django.utils import timezone

from chatapp import background, process
from chatapp.conversations import events
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.relay import relay

LOOK_EVERY = 1  # seconds
LOOK_WHEN_JOINED = 5  # seconds
# An exchange can begin and end between two looks.
RECENT = timedelta(seconds=LOOK_WHEN_JOINED + 2)

logger = logging.getLogger(__name__)

type Row = tuple[UUID, UUID, UUID]  # reply, person, conversation
type Found = dict[UUID, Seen]


class Seen(NamedTuple):
    person: UUID
    conversation: UUID


def start() -> None:
    background.spawn("replies elsewhere", _look_forever())


async def _look_forever() -> None:
    before: Found = {}
    while True:
        await asyncio.sleep(LOOK_WHEN_JOINED if relay.joined else LOOK_EVERY)
        try:
            before = await _look_and_tell(before)
        except django.db.Error as error:
            logger.warning("Replies elsewhere could not be looked for: %s", type(error).__name__)


async def _look_and_tell(before: Found) -> Found:
    """Tells of what is found, and once more of what was found before and has ended since."""
    people = events.listening()
    now = await background.in_thread(_look, people) if people else {}
    for reply_id, seen in (before | now).items():
        events.reply_elsewhere(seen.person, seen.conversation, reply_id)
    return now


def _look(people: set[UUID]) -> Found:
    return {pk: Seen(*of) for pk, *of in [*_running(people), *_recent(people)]}


def _running(people: set[UUID]) -> Iterable[Row]:
    running = Message.objects.running().exclude(leased_by__in=[process.NAME, ""])
    return running.filter(conversation__owner__in=people).values_list(
        "pk", "conversation__owner", "conversation"
    )


def _recent(people: set[UUID]) -> Iterable[Row]:
    """The last replies of conversations in which something was sent a moment ago."""
    active = Conversation.objects.filter(owner__in=people, active_at__gt=timezone.now() - RECENT)
    path = Message.objects.filter(conversation=OuterRef("pk"), on_path=True).order_by("-position")
    tips = active.annotate(
        tip=Subquery(path.values("pk")[:1]), by=Subquery(path.values("leased_by")[:1])
    )
    return tips.exclude(by__in=[process.NAME, ""]).values_list("tip", "owner", "pk")
