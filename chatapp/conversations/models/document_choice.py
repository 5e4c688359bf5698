"""Which pages of a document go to the model: chosen once, when its message is sent, so that every
later request begins with the same bytes."""

from collections.abc import Sequence

from django.db.models import Sum

from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.documents import page_ranges
from chatapp.documents.material import TOKENS_AROUND
from chatapp.documents.page_ranges import MAX_DOCUMENT_TOKENS


def choose(conversation: Conversation, attachments: Sequence[Attachment]) -> None:
    """Set `pages` and `document_tokens` of the documents among attachments that aren't saved yet.

    All documents of the branch that is shown stay within MAX_DOCUMENT_TOKENS together: those of
    earlier messages keep their pages, and of these each gets its first pages that still fit.
    """
    documents = [each for each in attachments if each.document]
    if not documents:
        return
    room = MAX_DOCUMENT_TOKENS - _tokens_before(conversation, documents[0])
    for attachment in documents:
        attachment.pages, attachment.document_tokens = _fitting(attachment, room)
        room -= attachment.document_tokens


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
