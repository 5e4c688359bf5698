"""Make projects, and chats in them."""

from typing import Any

from django.db.models import F

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.projects.models import Member, Project
from tests.support.replies import MODEL


def project_of(owner: Person, name: str = "Kitchen", **values: Any) -> Project:
    return Project.objects.create(owner=owner, name=name, **values)


def chats_in(project: Project | None, owner: Person, count: int = 1) -> list[Conversation]:
    """Add chats, the newest first."""
    return Conversation.objects.bulk_create(
        Conversation(owner=owner, model=MODEL, title=f"Chat {number}", project=project)
        for number in range(count)
    )[::-1]


def let_in(project: Project, person: Person, *, can_chat: bool = True) -> Member:
    return Member.objects.create(project=project, person=person, can_chat=can_chat)


def places() -> dict[str, tuple[str | None, str]]:
    """Return the project of each chat by its title, and in which list the chat is."""
    rows = Conversation.objects.annotate(name=F("project__name"))
    return {row.title: (row.name, "trash" if row.trashed_at else "list") for row in rows}
