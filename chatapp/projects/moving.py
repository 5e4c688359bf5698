"""Moving a conversation into a project, to another one, or out of its project."""

from uuid import UUID

from django.db import transaction

from chatapp.conversations.models import Conversation, ProjectUnavailable, membership
from chatapp.projects.models import Project


@transaction.atomic
def move(conversation: Conversation, project_id: UUID | None) -> bool:
    """Move a conversation to a project in which its owner may chat, or out of any for None.

    Return whether that changed anything. Raises ProjectUnavailable.
    """
    if project_id and not membership.lock_usable(conversation.owner, project_id):
        raise ProjectUnavailable
    rows = Conversation.objects.present().filter(pk=conversation.pk)
    moved = rows.exclude(project=project_id) if project_id else rows.exclude(project=None)
    return bool(moved.update(project=project_id, former_project=None))


def targets(conversation: Conversation) -> list[Project]:
    """Return the projects in which a conversation can be, by name."""
    usable = Project.objects.usable_by(conversation.owner)
    return sorted(usable.only("name", "owner"), key=lambda each: each.name.casefold())
