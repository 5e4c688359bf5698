"""What the page of a project shows besides the empty page of a new chat."""

from typing import Any

from chatapp.accounts.person_request import PersonRequest
from chatapp.chat.forms.settings import MAX_INSTRUCTIONS
from chatapp.conversations.models import Conversation
from chatapp.projects.access import can_chat
from chatapp.projects.listing import chat_page
from chatapp.projects.models import Project


def project_context(request: PersonRequest, project: Project) -> dict[str, Any]:
    """Return a page of its conversations, and what the person may do with it."""
    person = request.user
    page = chat_page(person, project, request.GET.get("before", ""))
    return {
        "project_chats": page.chats,
        "project_more_url": page.more_url,
        "is_project_owner": project.owner_id == person.pk,
        "is_read_only": not can_chat(person, project),
        "max_instructions": MAX_INSTRUCTIONS,
    }


def project_of(shown: Conversation | None) -> Project | None:
    """Return the project in which a conversation is."""
    return shown.project if shown and shown.project_id else None
