"""Find pages of documents that a person's own conversations have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models.functions import Substr
from django.urls import reverse
from django.utils.safestring import SafeString

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation
from chatapp.documents import page_labels
from chatapp.documents.models import DocumentPage
from chatapp.search.analysis.matches import Matcher
from chatapp.search.document_entries import OVERLAP, PART
from chatapp.search.engines import PAGES, Hit, Plan, engine
from chatapp.search.models import DocumentEntry
from chatapp.search.own import own_chats

LOOKED_AT = 100  # parts of pages; several may be of one document
SHOWN = 5  # documents, each with its first page that was found


@dataclass(frozen=True, slots=True)
class FoundPage:
    title: SafeString  # "report.pdf, p. 17"
    url: str
    excerpt: SafeString
    conversation: Conversation
    sent_at: datetime


def find_pages(person: Person, plan: Plan, matcher: Matcher) -> list[FoundPage]:
    """Return the documents that were sent last, each once, with the first page that was found."""
    hits = engine().find(replace(plan, table=PAGES, limit=LOOKED_AT))
    shown: dict[UUID, FoundPage] = {}
    for chat, attachment, entry in _present(person, hits):
        if entry.document_id not in shown and (found := _found(chat, attachment, entry, matcher)):
            shown[entry.document_id] = found
        if len(shown) == SHOWN:
            break
    return list(shown.values())


def _present(
    person: Person, hits: Sequence[Hit]
) -> Iterator[tuple[Conversation, Attachment, DocumentEntry]]:
    """Yield those hits that the person may see, in their order: a message may have gone since."""
    chats = own_chats(person, hits)
    entries = DocumentEntry.objects.defer("tokens").in_bulk([hit.key for hit in hits])
    attachments = {
        (each.message_id, each.document_id): each
        for each in Attachment.objects.filter(
            message__in={hit.message_id for hit in hits},
            message__deleted_at=None,
            document__isnull=False,
        ).select_related("message", "document")
    }
    for hit in hits:
        entry, chat = entries.get(hit.key), chats.get(hit.conversation_id)
        attachment = entry and attachments.get((entry.message_id, entry.document_id))
        if chat and entry and attachment:
            yield chat, attachment, entry


def _found(
    chat: Conversation, attachment: Attachment, entry: DocumentEntry, matcher: Matcher
) -> FoundPage | None:
    """Return a hit as it is shown, None if its text doesn't have what was asked for."""
    document, message = attachment.document, attachment.message
    assert document is not None
    assert message is not None
    part = Substr("text", entry.start + 1, PART + OVERLAP)
    rows = DocumentPage.objects.filter(document=document, number=entry.number)
    page = rows.annotate(part=part).values_list("name", "part").first()
    if page is None or (matcher.must_read and not matcher.accepts(page)):
        return None
    name, text = page
    place = page_labels.place(document.unit, entry.number, name)
    url = reverse("document", args=[document.pk])
    return FoundPage(
        title=matcher.highlight(f"{document.name}, {place}"),
        url=f"{url}?page={entry.number}#page-{entry.number}",
        excerpt=matcher.excerpt([text, name]),
        conversation=chat,
        sent_at=message.created_at,
    )
