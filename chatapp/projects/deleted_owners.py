"""What becomes of shared projects when the account of their owner is deleted: nobody finds them any
more, and they are back when the deletion is undone.

`ProjectQuerySet` finds none of somebody who was deleted. Here the conversations that others have in
them leave, and return.
"""

from typing import Any
from uuid import UUID

from django.db.models import F
from django.dispatch import receiver

from chatapp.accounts.models import Person
from chatapp.accounts.signals import person_deleted, person_restored
from chatapp.conversations.models import Conversation
from chatapp.conversations.sidebar_events import sidebars_changed
from chatapp.projects.models import Member, Project


@receiver(person_deleted)
def close(person: Person, **_signal: Any) -> None:
    # Whoever moves a conversation in at this moment is waited for, or finds the deletion.
    projects = list(Project.objects.select_for_update(no_key=True).filter(owner=person))
    inside = Conversation.objects.filter(project__in=projects)
    inside.exclude(owner=person).update(former_project=F("project"), project=None)
    sidebars_changed(_others(person))


@receiver(person_restored)
def open_again(person: Person, **_signal: Any) -> None:
    """Bring back what was inside, of those who may still chat there."""
    chatting = Member.objects.filter(project__in=Project.objects.of(person), can_chat=True)
    for project_id, person_id in chatting.values_list("project", "person"):
        outside = Conversation.objects.filter(owner=person_id, project=None)
        outside.filter(former_project=project_id).update(project=project_id, former_project=None)
    sidebars_changed(_others(person))


def _others(owner: Person) -> list[UUID]:
    members = Member.objects.filter(project__owner=owner)
    return list(members.order_by().values_list("person", flat=True).distinct())
