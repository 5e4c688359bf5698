"""Projects, and conversations in them."""

from typing import Any

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.projects.models import Member, Project
from tests.support.replies import MODEL


def project_of(owner: Person, name: str = "Herons", **fields: Any) -> Project:
    project: Project = Project.objects.create(owner=owner, name=name, **fields)
    return project


def shared_with(project: Project, person: Person, *, can_chat: bool = True) -> Member:
    return Member.objects.create(project=project, person=person, can_chat=can_chat)


def chat_in(project: Project | None, person: Person, **fields: Any) -> Conversation:
    """Add a conversation of this person in the project."""
    made: Conversation = Conversation.objects.create(
        owner=person, project=project, model=MODEL, **fields
    )
    return made


def where(conversation: Conversation) -> tuple[Any, Any]:
    """Return the project that a conversation is in, and the one to which it would return."""
    conversation.refresh_from_db()
    return conversation.project, conversation.former_project
