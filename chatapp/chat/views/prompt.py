"""/c/<id>/prompt/: the instructions that the model reads before a conversation."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_conversation
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
        "is_without_personal": all(part.source != Source.PERSON for part in parts),
    }
    return render(request, "chat/prompt.html", context)
