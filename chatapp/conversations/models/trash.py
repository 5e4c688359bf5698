"""The trash: for 30 days a conversation that its person deleted can be restored as it was.

Every verb checks the row itself, so stale tabs and several processes may call any of them at any
time, and twice.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from chatapp.conversations.models import arrangement, deletion, membership
from chatapp.conversations.models.conversation import Conversation, ConversationQuerySet
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.progress import Status
from chatapp.conversations.signals import (
    conversation_deleted,
    conversation_restored,
    conversation_trashed,
)

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

KEPT = timedelta(days=30)
BATCH = 100  # conversations marked in one transaction


@transaction.atomic
def trash(conversation: Conversation, at: datetime | None = None) -> tuple[bool, list[Message]]:
    """Move a conversation to the trash; return whether that is new, and the replies to stop.

    Waits for a send in this conversation, and every later one finds the mark. The replies are asked
    to stop, so whichever process makes one saves what it has. What is trashed together has one
    time, `at`. Raises DatabaseFull.
    """
    now = at or timezone.now()
    marked = Conversation.objects.present().filter(pk=conversation.pk)
    if not marked.update(trashed_at=now):
        return False, []
    conversation.trashed_at = now
    conversation_trashed.send(Conversation, conversation=conversation)
    unfinished = Message.objects.filter(pk__in=deletion.unfinished(conversation))
    running = list(unfinished.running().select_related("conversation"))
    Message.objects.running().filter(pk__in=[reply.pk for reply in running]).update(
        stop_requested_at=now
    )
    return True, running


@transaction.atomic
def restore(conversation: Conversation) -> bool:
    """Take a conversation out of the trash; False when it isn't there.

    It leaves a project that stays there, and returns to it when that is restored.
    """
    left = membership.lock_trashed_project_of(conversation)
    marked = Conversation.objects.in_trash().filter(pk=conversation.pk)
    values: dict[str, Any] = {"trashed_at": None}
    if conversation.pinned_at and not arrangement.has_room(conversation):
        values["pinned_at"] = None  # others were pinned since; it would be in no list
    if left:
        values |= {"project": None, "former_project": left.pk}
    if not marked.update(**values):
        return False
    conversation.trashed_at = None
    conversation_restored.send(Conversation, conversation=conversation)
    return True


def of_person(person: "Person", until: datetime) -> ConversationQuerySet:
    """Return what a person's page of the trash showed that was made at `until`."""
    rows: ConversationQuerySet = Conversation.objects.filter(owner=person, trashed_at__lte=until)
    return rows.in_trash()


def expired(now: datetime) -> ConversationQuerySet:
    """Return everybody's conversations that have been in the trash long enough."""
    rows: ConversationQuerySet = Conversation.objects.filter(trashed_at__lt=now - KEPT)
    return rows.in_trash()


@transaction.atomic
def delete_batch(trashed: ConversationQuerySet) -> list[Conversation]:
    """Mark some of these conversations as deleted and return them; none when all are marked.

    Leaves those out that another process deletes or restores at this moment. Raises DatabaseFull.
    """
    now = timezone.now()
    chosen = list(trashed.select_for_update(skip_locked=True)[:BATCH])
    keys = [conversation.pk for conversation in chosen]
    Conversation.objects.filter(pk__in=keys).update(deleted_at=now)
    # The others have ended: a reply was asked to stop when its conversation went to the trash.
    Message.objects.filter(conversation__in=keys, status=Status.WAITING).update(
        status=Status.STOPPED, finished_at=now
    )
    for conversation in chosen:
        conversation_deleted.send(Conversation, conversation=conversation)
    return chosen
