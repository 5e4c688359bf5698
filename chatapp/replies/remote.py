"""Replies that other processes make, for pages whose sockets are in this process.

With Redis, events arrive by themselves and polling only makes up for lost ones. Without it, polling
is the only way a page learns of such a reply; the page then asks for its state.
"""

import asyncio
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

import django.db
from django.db.models import Count, OuterRef, Q, Subquery
from django.utils import timezone

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import UNDECIDED, Conversation, Message
from chatapp.realtime import protocol
from chatapp.realtime.relay import relay
from chatapp.server import process_name

POLL_SECONDS = 1
JOINED_POLL_SECONDS = 5
# An exchange can begin and end between two polls.
RECENT = timedelta(seconds=JOINED_POLL_SECONDS + 2)

logger = logging.getLogger(__name__)

type Row = tuple[Any, ...]  # a reply, and the fields of Seen
type Found = dict[UUID, Seen]


class Seen(NamedTuple):
    """What was last announced about a reply.

    `attempt` and `undecided` (its undecided tool calls) are None unless the reply awaits approval.
    """

    person: UUID
    conversation: UUID
    attempt: int | None = None
    undecided: int | None = None
    is_running: bool = False


def start() -> None:
    background.spawn("remote replies", _poll_forever())


async def _poll_forever() -> None:
    before: Found = {}
    while True:
        await asyncio.sleep(JOINED_POLL_SECONDS if relay.joined else POLL_SECONDS)
        try:
            before = await _poll_and_announce(before)
        except django.db.Error as error:
            logger.warning("Remote replies could not be polled: %s", type(error).__name__)


async def _poll_and_announce(before: Found) -> Found:
    """Announce what is found, and once more what was found before and has ended since.

    A reply that awaits approval is announced only when something has changed.
    """
    people = protocol.listening()
    now = await background.in_thread(_find, people) if people else {}
    for reply_id, seen in (before | now).items():
        if seen.attempt is None or seen != before.get(reply_id) or reply_id not in now:
            is_running = seen.is_running and reply_id in now
            events.reply_remote(seen.person, seen.conversation, reply_id, is_running=is_running)
    return now


def _find(people: set[UUID]) -> Found:
    ended = {pk: Seen(*fields) for pk, *fields in (*_awaiting_approval(people), *_recent(people))}
    running = {
        pk: Seen(person, conversation, is_running=True)
        for pk, person, conversation in _running(people)
    }
    return ended | running


def _running(people: set[UUID]) -> Iterable[Row]:
    running = Message.objects.running().present().filter(on_branch=True)
    running = running.exclude(leased_by__in=[process_name.NAME, ""])
    return running.filter(conversation__owner__in=people).values_list(
        "pk", "conversation__owner", "conversation"
    )


def _awaiting_approval(people: set[UUID]) -> Iterable[Row]:
    """Return replies that await approval, whoever made them: the decision may reach another
    process."""
    waiting = Message.objects.filter(status=Message.Status.WAITING, conversation__owner__in=people)
    waiting = waiting.present()
    return waiting.annotate(
        undecided=Count("tool_calls", filter=Q(tool_calls__state__in=UNDECIDED))
    ).values_list("pk", "conversation__owner", "conversation", "attempt", "undecided")


def _recent(people: set[UUID]) -> Iterable[Row]:
    """Return the last replies of conversations in which something was sent recently."""
    recent = timezone.now() - RECENT
    active = Conversation.objects.present().filter(owner__in=people, active_at__gt=recent)
    shown = Message.objects.filter(conversation=OuterRef("pk"), on_branch=True)
    branch = shown.order_by("-position")
    active = active.annotate(
        head=Subquery(branch.values("pk")[:1]), by=Subquery(branch.values("leased_by")[:1])
    )
    return active.exclude(by__in=[process_name.NAME, ""]).values_list("head", "owner", "pk")
