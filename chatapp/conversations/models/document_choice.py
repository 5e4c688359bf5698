"""Which pages of a document go to the model: settled once, when its message is sent, so that every
later request begins with the same bytes."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Sum

from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.documents import page_ranges, sizes
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.models import Document
from chatapp.documents.page_choice import choose_first_pages
from chatapp.documents.page_ranges import MAX_DOCUMENT_TOKENS, MAX_PROJECT_TOKENS
from chatapp.documents.sizes import TOKENS_AROUND


def choose(conversation: Conversation, attachments: Sequence[Attachment]) -> None:
    """Set `pages` and `document_tokens` of the documents among attachments that aren't saved yet.

    Their `pages` are those that the person chose, until this cuts them to what fits.
    """
    documents = [each for each in attachments if each.document]
    if not documents:
        return
    message = documents[0].message
    assert message is not None
    room = room_for(conversation.project_id, conversation, message.position)
    choices = [ChosenPages(each.document, each.pages) for each in documents if each.document]
    for attachment, chosen in zip(documents, fitting(choices, room), strict=True):
        attachment.pages = page_ranges.write(chosen.pages)
        attachment.document_tokens = chosen.tokens + TOKENS_AROUND


def estimate(attachment: Attachment) -> None:
    """Set `document_tokens` of what a person chose for a draft, wherever it will be sent."""
    if attachment.document and attachment.pages:
        chosen = ChosenPages(attachment.document, attachment.pages)
        attachment.document_tokens = sizes.total(chosen.sizes) + TOKENS_AROUND


def room_for(
    project_id: UUID | None, conversation: Conversation | None, before: int | None = None
) -> int:
    """Return the tokens that the documents of a message may have together.

    All documents of the branch that is shown stay within MAX_DOCUMENT_TOKENS together, with what
    the project has at this moment. Those of messages `before` this position, or of all messages,
    keep their pages.
    """
    room = MAX_DOCUMENT_TOKENS - _project_tokens(project_id)
    return room - _tokens_before(conversation, before) if conversation else room


def fitting(choices: Sequence[ChosenPages], room: int) -> list[sizes.Choice]:
    """Return what goes along of each document: they share the room, and each gets the first of the
    chosen pages that fit, with the images of the scanned ones."""
    return sizes.share([choice.sizes for choice in choices], room)


def _project_tokens(project_id: UUID | None) -> int:
    """Return the tokens of what goes along of the documents of a project."""
    if not project_id:
        return 0
    documents = list(Document.objects.in_project(project_id))
    return sum(each.tokens for each in choose_first_pages(documents, MAX_PROJECT_TOKENS))


def _tokens_before(conversation: Conversation, position: int | None) -> int:
    """Return the tokens of the documents in earlier messages of the branch."""
    earlier = conversation.branch.order_by()
    if position is not None:
        earlier = earlier.filter(position__lt=position)
    rows = Attachment.objects.filter(message__in=earlier)
    return rows.aggregate(tokens=Sum("document_tokens"))["tokens"] or 0
