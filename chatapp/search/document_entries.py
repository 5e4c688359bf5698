"""Make the entries of documents, in small batches and only in the background: a document of 300
pages must not slow the message that it is sent with."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, F, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce

from chatapp.conversations.models import Attachment, Conversation, Message
from chatapp.documents.models import DocumentPage
from chatapp.search import entry_keys, filter_tokens, writing
from chatapp.search.analysis.tokens import tokens_of
from chatapp.search.models import DocumentEntry

PART = 12_000  # characters of an entry; of more than that, not all tokens would be kept
OVERLAP = 200  # of two parts, so that what is between them is found
MAX_PARTS = 100  # of one page


def add_missing(owners: Mapping[UUID, UUID]) -> bool:
    """Add a batch of missing entries of conversations, which have these owners; return whether
    there may be more."""
    attachment = _unfinished(list(owners))
    if attachment is None or attachment.message is None or attachment.document is None:
        return False
    done: int = attachment.done  # type: ignore[attr-defined]  # annotated
    owner_id = owners[attachment.message.conversation_id]
    found: list[DocumentEntry] = []
    for page in attachment.document.pages.filter(number__gt=done)[: writing.AT_ONCE]:
        found += _entries(attachment.message, page, owner_id)
        if len(found) >= writing.AT_ONCE:
            break
    return bool(found) and _put(attachment.message, done, found)


def remove_gone(conversation_id: UUID) -> bool:
    """Remove a batch of entries whose messages are gone; return whether there may be more."""
    gone = DocumentEntry.objects.filter(conversation_id=conversation_id)
    gone = gone.exclude(Exists(Message.objects.filter(pk=OuterRef("message_id"), deleted_at=None)))
    ids = list(gone.values_list("pk", flat=True)[: writing.AT_ONCE])
    DocumentEntry.objects.filter(pk__in=ids).delete()
    return len(ids) == writing.AT_ONCE


def rewrite(conversation: Conversation) -> None:
    """Make the entries of a conversation anew."""
    rows = DocumentEntry.objects.filter(conversation_id=conversation.pk)
    while ids := list(rows.values_list("pk", flat=True)[: writing.AT_ONCE]):
        DocumentEntry.objects.filter(pk__in=ids).delete()
    while add_missing({conversation.pk: conversation.owner_id}):
        pass


def _unfinished(conversations: list[UUID]) -> Attachment | None:
    """Return a document with pages that aren't in the index; `done` is the last one that is."""
    entries = DocumentEntry.objects.filter(
        message_id=OuterRef("message_id"), document_id=OuterRef("document_id")
    )
    done = Subquery(entries.order_by("-number").values("number")[:1])
    rows = Attachment.objects.filter(
        message__conversation__in=conversations, message__deleted_at=None, document__isnull=False
    )
    missing = rows.annotate(done=Coalesce(done, 0)).filter(done__lt=F("document__read_count"))
    return missing.select_related("message", "document").order_by("-message__position").first()


def _entries(message: Message, page: DocumentPage, owner_id: UUID) -> list[DocumentEntry]:
    filters = [
        filter_tokens.page_of(owner_id),
        filter_tokens.in_conversation(message.conversation_id),
        filter_tokens.DOCUMENT,
    ]
    starts = range(0, max(len(page.text), 1), PART)[:MAX_PARTS]
    return [
        DocumentEntry(
            owner_id=owner_id,
            conversation_id=message.conversation_id,
            message_id=message.pk,
            document_id=page.document_id,
            number=page.number,
            start=start,
            tokens=[*filters, *tokens_of([page.name, page.text[start : start + PART + OVERLAP]])],
        )
        for start in starts
    ]


@transaction.atomic
def _put(message: Message, done: int, found: list[DocumentEntry]) -> bool:
    """Write entries unless another process was faster; False when the conversation is gone."""
    present = Conversation.objects.present().select_for_update()
    if not present.filter(pk=message.conversation_id).exists():
        return False
    same = DocumentEntry.objects.filter(message_id=message.pk, document_id=found[0].document_id)
    if same.filter(number__gt=done).exists():
        return True
    before = same.aggregate(key=Min("pk"))["key"]
    key = before - 1 if before else entry_keys.key_of(message.created_at, message.pk)
    # Keys fall from page to page, so that of one document the first page is found first.
    for entry, free in zip(found, _free(key, len(found)), strict=True):
        entry.pk = free
    writing.add(found)
    return True


def _free(key: int, count: int) -> range:
    """Return the highest keys below `key`, or from it on, that no entry has: so many in a row."""
    while True:
        rows = DocumentEntry.objects.filter(pk__gt=key - count, pk__lte=key)
        taken = rows.aggregate(key=Min("pk"))["key"]
        if taken is None:
            return range(key, key - count, -1)
        key = taken - 1
