"""Regenerating: a further version of a reply, wherever it is in the conversation."""

import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from chatapp.conversations.models import branches
from chatapp.conversations.models.progress import RUNNING, Status
from chatapp.conversations.models.refusals import (
    AwaitsApproval,
    ClientIdUsed,
    ConversationContinued,
    ConversationDeleted,
    ReplyRunning,
)

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message


@dataclass(frozen=True, slots=True)
class NewVersion:
    """How a reply is made again. One client id is one version.

    `head` is the last message that the page shows, None where the page can't know.
    """

    client_id: uuid.UUID
    model: str
    thinking: str = ""
    variation: str = ""
    head: uuid.UUID | None = None


@transaction.atomic
def regenerate(reply: "Message", wanted: NewVersion) -> "tuple[Message, bool]":
    """Add a queued version of a reply, which the conversation then ends with; the others stay.

    Return the version, and whether it is new: the same client id adds nothing a second time.
    Raises ConversationDeleted, ConversationContinued, ReplyRunning, AwaitsApproval, ClientIdUsed.
    """
    conversation, head = branches.lock(reply)
    if head is None:
        raise ConversationDeleted
    reply.refresh_from_db(fields=["on_branch", "shown_at"])
    if earlier := _find(reply, wanted):
        return earlier, False
    if not reply.on_branch or reply.parent is None or wanted.head not in (None, head.pk):
        raise ConversationContinued
    check_ended(head)
    chosen = replace(conversation.chosen, model=wanted.model, thinking=wanted.thinking)
    new = type(reply).queued_reply(conversation, reply.parent, chosen)
    new.client_id, new.variation = wanted.client_id, wanted.variation
    branches.replace(reply, new)
    new.save()
    conversation.active_at = timezone.now()
    conversation.is_unread = True
    conversation.save(update_fields=["active_at", "is_unread"])
    return new, True


def check_ended(head: "Message") -> None:
    """Raise ReplyRunning or AwaitsApproval unless the reply has ended or was asked to stop."""
    if head.status == Status.WAITING:
        raise AwaitsApproval
    if head.status in RUNNING and head.stop_requested_at is None:
        raise ReplyRunning


def _find(reply: "Message", wanted: NewVersion) -> "Message | None":
    rows = type(reply).objects.select_related("conversation", "parent")
    same: Message | None = rows.filter(parent=reply.parent_id, client_id=wanted.client_id).first()
    if same is None:
        return None
    if (same.model, same.thinking, same.variation) != (
        wanted.model,
        wanted.thinking,
        wanted.variation,
    ):
        raise ClientIdUsed
    if not same.on_branch:
        raise ConversationContinued
    return same
