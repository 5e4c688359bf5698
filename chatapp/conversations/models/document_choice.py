"""Which pages of a document go to the model: chosen once, when its message is sent, so that every
later request begins with the same bytes."""

from collections.abc import Sequence

from django.db.models import Sum

from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.documents import page_ranges, sizes
from chatapp.documents.models import Document
from chatapp.documents.page_choice import choose_first_pages
from chatapp.documents.page_ranges import MAX_DOCUMENT_TOKENS, MAX_PROJECT_TOKENS
from chatapp.documents.sizes import TOKENS_AROUND


def choose(conversation: Conversation, attachments: Sequence[Attachment]) -> None:
    """Set `pages` and `document_tokens` of the documents among attachments that aren't saved yet.

    All documents of the branch that is shown stay within MAX_DOCUMENT_TOKENS together, with what
    its project has at this moment: those of earlier messages keep their pages, and these share what
    is left: each gets its first pages that fit, with the images of its scanned pages.
    """
    documents = [each for each in attachments if each.document]
    if not documents:
        return
    room = MAX_DOCUMENT_TOKENS - _project_tokens(conversation)
    room -= _tokens_before(conversation, documents[0])
    pages = [sizes.sizes_of(each.document) for each in documents if each.document]
    for attachment, chosen in zip(documents, sizes.share(pages, room), strict=True):
        attachment.pages = page_ranges.write(chosen.pages)
        attachment.document_tokens = chosen.tokens + TOKENS_AROUND


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
