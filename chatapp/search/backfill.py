"""Fill the index in small batches: what is missing, and what is left of conversations that went.

Every function may run in several processes at once, and the next call continues after a crash.
Tokens are found before the transaction that writes them, which on SQLite stops all other writers.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import batched
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chatapp.conversations.models import Conversation, Message
from chatapp.search import document_entries, entries, writing
from chatapp.search.models import Filling, SearchEntry, StaleConversation

BATCH = 200  # messages
CHATS = 50  # conversations looked at together
OVERLAP = timedelta(minutes=10)  # in which another release may have written


def is_complete() -> bool:
    return Filling.objects.filter(is_complete=True).exists()


def fill_batch() -> bool:
    """Add the newest missing entries; return whether there may be more."""
    filling, _created = Filling.objects.get_or_create(pk=Filling.ONLY)
    if filling.is_complete:
        return False
    chats = _next_chats(filling.done_from)
    if chats and (_add_missing(chats) or document_entries.add_missing(_owners(chats))):
        return True
    # Another process may be further: `done_from` only moves back.
    rows = Filling.objects.filter(pk=Filling.ONLY, done_from=filling.done_from)
    rows.update(
        done_from=chats[-1].active_at if chats else filling.done_from, is_complete=not chats
    )
    return bool(chats)


def look_again() -> None:
    """Mark the conversations that were active since the last look as stale."""
    filling, _created = Filling.objects.get_or_create(pk=Filling.ONLY)
    now = timezone.now()
    if filling.checked_until:
        since = filling.checked_until - OVERLAP
        active = Conversation.objects.filter(active_at__gt=since).values_list("pk", flat=True)
        StaleConversation.objects.mark(active)
    Filling.objects.filter(pk=Filling.ONLY).update(checked_until=now)


def renew_stale() -> bool:
    """Bring one batch of the conversation that waits longest into step; False if none waits."""
    stale = StaleConversation.objects.order_by("since").first()
    if stale is None:
        return False
    if renew(stale.conversation_id):
        # Marked again meanwhile, it stays.
        StaleConversation.objects.filter(pk=stale.pk, since=stale.since).delete()
    return True


def renew(conversation_id: UUID) -> bool:
    """Bring one batch of a conversation into step; return whether all of it is now."""
    chat = Conversation.objects.present().filter(pk=conversation_id).first()
    if chat is None:
        return writing.remove_some(conversation_id, BATCH) < BATCH
    gone = SearchEntry.objects.filter(conversation_id=conversation_id).exclude(message_id=None)
    gone = gone.exclude(Exists(Message.objects.filter(pk=OuterRef("message_id"), deleted_at=None)))
    ids = [pk for pk in gone.values_list("message_id", flat=True)[:BATCH] if pk]
    writing.remove_messages(ids)
    if _add_missing([chat]) or len(ids) == BATCH:
        return False
    owners = _owners([chat])
    return not document_entries.remove_gone(chat.pk) and not document_entries.add_missing(owners)


def rewrite(chats: Sequence[Conversation]) -> int:
    """Make the entries of conversations anew; return how many messages they have."""
    owners = _owners(chats)
    rows = Message.objects.filter(conversation__in=owners, deleted_at=None)
    ids = list(rows.values_list("pk", flat=True))
    for batch in batched(ids, BATCH):
        messages = rows.filter(pk__in=batch).defer("html", "reasoning")
        _put(entries.message_entries(messages, owners), owners)
    _put([entries.title_entry(chat) for chat in chats], owners)
    for chat in chats:
        document_entries.rewrite(chat)
    return len(ids)


def _owners(chats: Iterable[Conversation]) -> dict[UUID, UUID]:
    return {chat.pk: chat.owner_id for chat in chats}


def _next_chats(before: datetime | None) -> list[Conversation]:
    """Return the most recently active conversations before a time, with all of the same moment."""
    rows = Conversation.objects.present().order_by("-active_at")
    if before:
        rows = rows.filter(active_at__lt=before)
    chats = list(rows[:CHATS])
    if len(chats) < CHATS:
        return chats
    return list(rows.filter(active_at__gte=chats[-1].active_at))


def _add_missing(chats: Sequence[Conversation]) -> bool:
    """Add a batch of missing entries; return whether any was missing."""
    owners = _owners(chats)
    has_entry = Exists(SearchEntry.objects.filter(message_id=OuterRef("pk")))
    ended = Message.objects.exclude(status__in=entries.UNFINISHED).defer("html", "reasoning")
    missing = ended.filter(~has_entry, conversation__in=owners, deleted_at=None).order_by(
        "-position"
    )
    found = entries.message_entries(list(missing[:BATCH]), owners)
    if not found:
        titled = SearchEntry.objects.filter(conversation_id__in=owners, message_id=None)
        known = set(titled.values_list("conversation_id", flat=True))
        found = [entries.title_entry(chat) for chat in chats if chat.pk not in known]
    if found:
        _put(found, owners)
    return bool(found)


@transaction.atomic
def _put(found: Sequence[SearchEntry], owners: dict[UUID, UUID]) -> None:
    """Write entries of conversations that are still present; the lock keeps them so."""
    present = set(
        Conversation.objects.present()
        .select_for_update()
        .filter(pk__in=owners)
        .values_list("pk", flat=True)
    )
    writing.put([each for each in found if each.conversation_id in present])
