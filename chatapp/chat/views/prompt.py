"""/c/<id>/prompt/: the instructions and files that the model reads beside the messages."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from chatapp.accounts.person_request import PersonRequest
from chatapp.conversations.access import own_conversation
from chatapp.conversations.models import Attachment, Conversation
from chatapp.conversations.models.model_choice import models_for
from chatapp.documents import labels
from chatapp.projects.file_listing import ListedFile, listed
from chatapp.projects.material import Material, material_of
from chatapp.replies.prompt.branch_documents import attached_documents
from chatapp.replies.prompt.instructions import Source, instruction_parts
from chatapp.replies.prompt.project_files import room_for_files, window_of

HEADINGS = {
    Source.SITE: _("From this site"),
    Source.PERSON: _("Your personal instructions"),
    Source.PROJECT: _("Instructions of the project “%(project)s”"),
    Source.CONVERSATION: _("Instructions for this chat"),
}


@require_safe
def prompt(request: PersonRequest, conversation_id: UUID) -> HttpResponse:
    conversation = own_conversation(request.user, conversation_id)
    material = material_of(conversation)
    names = {"project": material.project.name if material.project else ""}
    parts = instruction_parts(conversation, material.project)
    context = {
        "conversation": conversation,
        "parts": [(part.source, HEADINGS[part.source] % names, part.text) for part in parts],
        "project": material.project,
        "project_files": _project_files(conversation, material),
        "documents": [
            (each.document, _document_line(each)) for each in attached_documents(conversation)
        ],
        "is_without_personal": all(part.source != Source.PERSON for part in parts),
    }
    return render(request, "chat/prompt.html", context)


def _project_files(conversation: Conversation, material: Material) -> list[ListedFile]:
    if not material.files:
        return []
    model = models_for(conversation.owner)[conversation.offered_model]
    room = room_for_files(window_of(model))
    return listed(material.files, room, with_images=model.vision)


def _document_line(attachment: Attachment) -> str:
    """Return which pages go along, and how many tokens they are."""
    count = attachment.document.page_count if attachment.document else 0
    return labels.along(attachment.pages, count, attachment.document_tokens)
