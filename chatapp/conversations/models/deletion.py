"""Deleting a conversation for good: it is gone at once, and its rows go later, in batches.

Each batch is a short transaction of its own, so nobody waits for a long conversation to go. The
functions are safe in several processes at once, and after a crash the next call continues.
"""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.deletion import Collector
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import RUNNING, Status
from chatapp.conversations.signals import conversation_deleted
from chatapp.server.database_state import database_is_full

BATCH = 40  # messages; a few milliseconds on either database
UNFINISHED = (*RUNNING, Status.WAITING)


@transaction.atomic
def delete(conversation: Conversation) -> list[UUID]:
    """Mark a conversation, in the trash or not, as deleted; end its replies as they were saved.

    Return the replies that a process may still make: whatever it writes finds no running row. Waits
    for a send in this conversation, and every later one finds the mark. Leaves alone what was in
    the trash and has been restored since. Raises DatabaseFull.
    """
    marked = Conversation.objects.filter(pk=conversation.pk, deleted_at=None)
    if conversation.trashed_at:
        marked = marked.in_trash()
    if not marked.update(deleted_at=timezone.now()):
        return []
    conversation_deleted.send(Conversation, conversation=conversation)
    replies = unfinished(conversation)
    Message.objects.filter(pk__in=replies, status__in=UNFINISHED).update(
        status=Status.STOPPED, finished_at=timezone.now(), leased_until=None
    )
    return replies


def unfinished(conversation: Conversation) -> list[UUID]:
    """Return the replies that haven't ended: the head of the branch that is shown, and any that
    went on when another branch was chosen. Indexes find both."""
    head = conversation.branch.last()
    hidden = Message.objects.filter(
        conversation=conversation, on_branch=False, status__in=UNFINISHED
    )
    shown = [head.pk] if head and head.is_unfinished else []
    return [*shown, *hidden.values_list("pk", flat=True)]


def remove_batch(conversation_id: UUID) -> bool:
    """Remove the newest messages of a conversation, and at last the conversation itself.

    Return whether there is more to remove. Children are never older than their parents, so no
    batch cascades to the rest of the conversation. False, too, while another process removes it.
    """
    newest = _newest(conversation_id)
    rows: QuerySet[Any] = Message.objects.filter(pk__in=newest).only("pk")
    if not newest:
        rows = Conversation.objects.filter(pk=conversation_id)
    # What belongs to them is looked up before the transaction, which on SQLite stops all writers.
    collector = Collector(using=rows.db, origin=rows)
    collector.collect(rows)
    with transaction.atomic():
        if not _lock(conversation_id):
            return False
        collector.delete()
    return bool(newest)


def _lock(conversation_id: UUID) -> bool:
    """Keep other processes away from a conversation; return False if it is gone or theirs."""
    rows = Conversation.objects.filter(pk=conversation_id)
    # A full database forbids locks. Then two processes may try the same, and one fails.
    if not database_is_full():
        rows = rows.select_for_update(skip_locked=True)
    return rows.values_list("pk").first() is not None


def _newest(conversation_id: UUID) -> list[UUID]:
    """Return the messages to remove next; two partial indexes find them without a sort."""
    found: list[tuple[int, UUID]] = []
    for on_branch in (True, False):
        messages = Message.objects.filter(conversation=conversation_id, on_branch=on_branch)
        found += _places(messages.order_by("-position"))
    return [pk for _position, pk in sorted(found, reverse=True)[:BATCH]]


def _places(messages: QuerySet[Message]) -> "QuerySet[Message, tuple[int, UUID]]":
    return messages.values_list("position", "pk")[:BATCH]
