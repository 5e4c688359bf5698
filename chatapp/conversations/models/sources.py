"""The documents that a reply may refer to, also those of its project. They are looked up only for
replies that name pages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.safestring import SafeString, mark_safe

from chatapp.conversations.models.attachment import Attachment
from chatapp.documents.models import Document
from chatapp.rendering.page_links import Source, link_pages, refers_to_pages
from chatapp.server.quick_reverse import url_of

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message


def cited_html(message: "Message") -> SafeString:
    """Return the HTML of a reply's text, in which pages of documents are links.

    While a reply grows its HTML is patched piece by piece, so it has no links yet.
    """
    html: SafeString = message.shown_html
    if message.is_unfinished or not refers_to_pages(html):
        return html
    if message.known_sources is None:
        load_sources([message])
    linked = link_pages(html, message.known_sources or ())
    return mark_safe(linked)  # noqa: S308  (sanitised; only links of ours were added)


def load_sources(messages: "Sequence[Message]") -> None:
    """Look up the documents before these messages of one conversation, in one query or none;
    in a project, in two."""
    for message in messages:
        message.known_sources = []
    referring = [each for each in messages if each.role != "user" and refers_to_pages(each.text)]
    if not referring:
        return
    last = max(message.position for message in referring)
    rows = Attachment.objects.filter(
        document__isnull=False,
        message__conversation=referring[0].conversation_id,
        message__on_branch=True,
        message__position__lt=last,
    )
    columns = ("document_id", "document__name", "document__read_count", "message__position")
    found = list(rows.order_by("message__position", "position").values_list(*columns))
    found = [*_of_project(referring[0]), *found]
    for message in referring:
        sources = {
            pk: Source(name, url_of("document", pk), pages)
            for pk, name, pages, position in found
            if position < message.position
        }
        message.known_sources = list(sources.values())


def _of_project(message: "Message") -> list[tuple[UUID, str, int, int]]:
    """Return the documents of the project as if they came before all messages."""
    project_id = message.conversation.project_id
    if not project_id:
        return []
    found = Document.objects.in_project(project_id).values_list("pk", "name", "read_count")
    return [(*row, -1) for row in found]
