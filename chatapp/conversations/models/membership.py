"""In which project a conversation is. Projects are a package above: a foreign key leads to them.

Whoever writes a conversation's project locks that project first and the conversation after it, so
that no two of them wait for each other, and a project that goes to the trash leaves nothing behind.
"""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from chatapp.conversations.models.conversation import Conversation

if TYPE_CHECKING:
    from chatapp.accounts.models import Person


def lock_usable(person: "Person", project_id: UUID) -> Any:
    """Return the project if this person may chat in it, locked until the transaction ends; else
    None."""
    # Who may chat is asked afterwards: a query that waited for a lock answers as of its beginning.
    if _lock(_projects(), project_id) is None:
        return None
    return _projects().usable_by(person).filter(pk=project_id).first()


def lock_project_of(conversation: Conversation) -> Any:
    """Return the project of a conversation, locked until the transaction ends, or None."""
    if conversation.project_id is None:
        return None
    return lock_usable(conversation.owner, conversation.project_id)


def lock_trashed_project_of(conversation: Conversation) -> Any:
    """Return the project of a conversation if that is in the trash, locked until the transaction
    ends, or None."""
    if conversation.project_id is None:
        return None
    # Locked in either case: a project that is just on its way there waits, and finds the chat.
    project = _lock(_projects(), conversation.project_id)
    return project if project and project.trashed_at else None


def _projects() -> Any:
    field: Any = Conversation._meta.get_field("project")
    return field.related_model.objects


def _lock(projects: Any, project_id: UUID) -> Any:
    # Rows that only refer to the project don't wait: its key stays as it is.
    return projects.select_for_update(no_key=True).filter(pk=project_id).first()
