"""Keep the index in step with what the packages below store, in the same transaction.

What would take long there is marked, and done by the `indexer`.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.dispatch import receiver

from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.signals import (
    conversation_deleted,
    conversation_restored,
    conversation_titled,
    conversation_trashed,
    conversations_imported,
    messages_added,
    messages_deleted,
    replies_stored,
    text_prepared,
)
from chatapp.images.models import Image
from chatapp.images.signals import image_described
from chatapp.search import entries, indexer, writing
from chatapp.search.models import DocumentEntry, StaleConversation
from chatapp.server.database_state import database_is_full


@receiver(text_prepared)
def prepare(text: str, **_signal: Any) -> None:
    entries.prepare(text)


@receiver(messages_added)
def add(
    conversation: Conversation, messages: Sequence[Message], is_new: bool, **_signal: Any
) -> None:
    if len(messages) > writing.AT_ONCE:
        mark(conversation.pk)
        return
    owners = {conversation.pk: conversation.owner_id}
    is_exchange = messages[-1].is_running  # copies have ended
    found = entries.message_entries(messages, owners, are_new=is_exchange)
    found += [entries.title_entry(conversation)] if is_new else []
    if is_exchange:
        writing.add(found)
    else:
        writing.put(found)
    if entries.have_documents(found):
        mark(conversation.pk)  # their pages are many


@receiver(conversations_imported)
def index_later(ids: Sequence[UUID], **_signal: Any) -> None:
    mark(*ids)


@receiver(replies_stored)
def add_replies(replies: Sequence[Message], **_signal: Any) -> None:
    owners = {each.conversation_id: each.conversation.owner_id for each in replies}
    deleted = _deleted([each for each in replies if each.status != Message.Status.COMPLETE])
    found = entries.message_entries([each for each in replies if each.pk not in deleted], owners)
    # What ends its first attempt has no entry yet.
    resumed = {each.pk for each in replies if each.attempt > 1}
    writing.add([each for each in found if each.message_id not in resumed])
    writing.put([each for each in found if each.message_id in resumed])


@receiver(messages_deleted)
def remove(ids: Collection[UUID], **_signal: Any) -> None:
    writing.remove_messages(ids)
    pages = DocumentEntry.objects.filter(message_id__in=ids)
    stale = list(pages.values_list("conversation_id", flat=True).distinct())
    if stale and not database_is_full():  # nobody sees them, and the next look removes them
        mark(*stale)


@receiver(conversation_titled)
def change_title(conversation: Conversation, **_signal: Any) -> None:
    writing.put([entries.title_entry(conversation)])


@receiver([conversation_trashed, conversation_deleted])
def remove_all(conversation: Conversation, **_signal: Any) -> None:
    """Remove the entries; nobody sees them from now on, whether or not they are removed."""
    while writing.remove_some(conversation.pk, writing.AT_ONCE) == writing.AT_ONCE:
        if not database_is_full():  # which would take no mark
            mark(conversation.pk)
            return


@receiver(conversation_restored)
def restore(conversation: Conversation, **_signal: Any) -> None:
    some = list(conversation.messages.filter(deleted_at=None)[: writing.AT_ONCE + 1])
    if len(some) > writing.AT_ONCE:
        mark(conversation.pk)
    else:
        owners = {conversation.pk: conversation.owner_id}
        found = entries.message_entries(some, owners)
        writing.put([*found, entries.title_entry(conversation)])
        if entries.have_documents(found):
            mark(conversation.pk)


@receiver(image_described)
def describe(image: Image, **_signal: Any) -> None:
    shows = Q(attachments__image=image) | Q(tool_calls__images__image=image)
    shown = Message.objects.filter(shows, deleted_at=None).distinct().select_related("conversation")
    some = [each for each in shown[: writing.AT_ONCE] if each.conversation.is_present]
    owners = {each.conversation_id: each.conversation.owner_id for each in some}
    writing.put(entries.message_entries(some, owners))


def _deleted(interrupted: Sequence[Message]) -> set[UUID]:
    """Return the replies whose version was deleted meanwhile, which asks them to stop.

    One that was complete in the same second isn't shown (`results`), and goes with the next look.
    """
    if not interrupted:
        return set()
    rows = Message.objects.filter(pk__in=[each.pk for each in interrupted])
    return set(rows.exclude(deleted_at=None).values_list("pk", flat=True))


def mark(*conversation_ids: UUID) -> None:
    """Have the entries of conversations made or removed soon after this transaction."""
    StaleConversation.objects.mark(conversation_ids)
    transaction.on_commit(indexer.wake)
