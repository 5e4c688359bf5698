"""Projects, the people in them, and their chats."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from django.db import connection
from django.db.models import F

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, ConversationDeleted, ProjectUnavailable
from chatapp.conversations.models import trash as conversation_trash
from chatapp.projects import trash
from chatapp.projects.models import Member, Project
from tests.support.replies import MODEL


def project_of(owner: Person, name: str = "Kitchen", **values: Any) -> Project:
    project: Project = Project.objects.create(owner=owner, name=name, **values)
    return project


def shared_with(project: Project, person: Person, *, can_chat: bool = True) -> Member:
    return Member.objects.create(project=project, person=person, can_chat=can_chat)


def chat_in(project: Project | None, person: Person, **values: Any) -> Conversation:
    made: Conversation = Conversation.objects.create(
        owner=person, project=project, model=MODEL, **values
    )
    return made


def chats_in(project: Project | None, person: Person, count: int = 1) -> list[Conversation]:
    """Add chats, the newest first; the oldest is “Chat 0”."""
    return Conversation.objects.bulk_create(
        Conversation(owner=person, model=MODEL, title=f"Chat {number}", project=project)
        for number in range(count)
    )[::-1]


def where(conversation: Conversation) -> tuple[Any, Any]:
    """Return the project that a chat is in, and the id of the one to which it would return."""
    conversation.refresh_from_db()
    return conversation.project, conversation.former_project


def places() -> dict[str, tuple[str | None, str]]:
    """Return the project of each chat by its title, and in which list the chat is."""
    rows = Conversation.objects.annotate(name=F("project__name"))
    return {row.title: (row.name, "trash" if row.trashed_at else "list") for row in rows}


def restore(project: Project) -> bool:
    """Restore a project and the chats that went to the trash with it, without events."""
    restored = trash.restore(project)
    if restored is None:
        return False
    for conversation in trash.trashed_with(project, restored[0]):
        conversation_trash.restore(conversation)
    return True


def together(*works: Callable[[], object]) -> None:
    """Do everything at one instant, in threads with connections of their own. What a deletion was
    faster than may be refused."""
    start = threading.Barrier(len(works))

    def run(work: Callable[[], object]) -> None:
        start.wait(30)
        try:
            with suppress(ConversationDeleted, ProjectUnavailable):
                work()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(works)) as threads:
        list(threads.map(run, works))
