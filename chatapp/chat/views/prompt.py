"""/c/<id>/prompt/: the instructions and documents that the model reads beside the messages."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import number_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Attachment
from chatapp.documents import page_ranges
from chatapp.replies.prompt.branch_documents import attached_documents
from chatapp.replies.prompt.instructions import Source, instruction_parts

HEADINGS = {
    Source.SITE: _("From this site"),
    Source.PERSON: _("Your personal instructions"),
    Source.CONVERSATION: _("Instructions for this chat"),
}


@require_safe
def prompt(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    conversation = own_conversation(request.user, conversation_id)
    parts = instruction_parts(conversation)
    context = {
        "conversation": conversation,
        "parts": [(part.source, HEADINGS[part.source], part.text) for part in parts],
        "documents": [
            (each.document, _document_line(each)) for each in attached_documents(conversation)
        ],
        "is_without_personal": all(part.source != Source.PERSON for part in parts),
    }
    return render(request, "chat/prompt.html", context)


def _document_line(attachment: Attachment) -> str:
    """Return which pages go along, and how many tokens they are."""
    count = attachment.document.page_count if attachment.document else 0
    values = {
        "pages": attachment.pages.replace("-", "\u2013"),
        "count": count,
        "tokens": number_format(attachment.document_tokens, force_grouping=True),
    }
    if not attachment.pages:
        return gettext("None of its pages go along (%(count)s in all).") % values
    if attachment.pages == page_ranges.write(range(1, count + 1)):
        return gettext("All of it, about %(tokens)s tokens") % values
    return gettext("p. %(pages)s of %(count)s, about %(tokens)s tokens") % values
