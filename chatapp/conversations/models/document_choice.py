"""Which pages of a document go to the model: chosen once, when its message is sent, so that every
later request begins with the same bytes."""

from collections.abc import Sequence

from django.db.models import Sum

from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.documents import page_ranges
from chatapp.documents.material import TOKENS_AROUND
from chatapp.documents.models import Document
from chatapp.documents.page_choice import choose_first_pages
from chatapp.documents.page_ranges import MAX_DOCUMENT_TOKENS, MAX_PROJECT_TOKENS


def choose(conversation: Conversation, attachments: Sequence[Attachment]) -> None:
    """Set `pages` and `document_tokens` of the documents among attachments that aren't saved yet.

    All documents of the branch that is shown stay within MAX_DOCUMENT_TOKENS together, with what
    its project has at this moment: those of earlier messages keep their pages, and of these each
    gets its first pages that still fit.
    """
    documents = [each for each in attachments if each.document]
    if not documents:
        return
    room = MAX_DOCUMENT_TOKENS - _project_tokens(conversation)
    room -= _tokens_before(conversation, documents[0])
    for attachment in documents:
        attachment.pages, attachment.document_tokens = _fitting(attachment, room)
        room -= attachment.document_tokens


def _project_tokens(conversation: Conversation) -> int:
    """Return the tokens of what goes along of the documents of its project."""
    if not conversation.project_id:
        return 0
    documents = list(Document.objects.in_project(conversation.project_id))
    return sum(each.tokens for each in choose_first_pages(documents, MAX_PROJECT_TOKENS))


def _tokens_before(conversation: Conversation, attachment: Attachment) -> int:
    """Return the tokens of the documents in earlier messages of the branch."""
    assert attachment.message is not None
    earlier = conversation.branch.filter(position__lt=attachment.message.position)
    rows = Attachment.objects.filter(message__in=earlier.order_by())
    return rows.aggregate(tokens=Sum("document_tokens"))["tokens"] or 0


def _fitting(attachment: Attachment, room: int) -> tuple[str, int]:
    """Return the pages, and the estimate of their text with its label."""
    assert attachment.document is not None
    sizes = list(attachment.document.pages.values_list("number", "tokens"))
    chosen = page_ranges.fitting(sizes, room - TOKENS_AROUND)
    tokens = sum(size for _number, size in sizes[: len(chosen)])
    return page_ranges.write(chosen), tokens + TOKENS_AROUND
