"""The documents of a branch: what the reading tools may read, and what "What the model sees"
lists."""

from collections.abc import Iterable

from django.db.models import QuerySet

from chatapp.conversations.models import Attachment, Conversation, Message, branches
from chatapp.documents.models import Document


def documents_before(reply: Message, of_project: Iterable[Document] = ()) -> list[Document]:
    """Return the documents of the project and of the messages that lead to a reply, each once, in
    their order.

    Also of those that are too old for the request. Reads the database: call it in a thread.
    """
    sent = (each.document for each in _before(reply) if each.document)
    return list(dict.fromkeys([*of_project, *sent]))


def attached_documents(conversation: Conversation) -> list[Attachment]:
    """Return the documents of the branch that is shown, with the pages that go along."""
    return _attachments(conversation.branch.order_by())


def _before(reply: Message) -> list[Attachment]:
    first = reply.parent if reply.position == 1 and Message.parent.is_cached(reply) else None
    written = getattr(first, "_prefetched_objects_cache", {}).get("attachments")
    if written is not None and not any(each.document_id for each in written):
        return []  # this process has just written both
    hidden = [] if reply.on_branch else branches.hidden(reply)
    return _attachments(branches.up_to(reply, hidden))


def _attachments(messages: QuerySet[Message]) -> list[Attachment]:
    several = messages.filter(excluded=False, role=Message.Role.USER, is_plain=False)
    rows = Attachment.objects.filter(message__in=several.order_by(), document__isnull=False)
    return list(rows.select_related("document").order_by("message__position", "position"))
