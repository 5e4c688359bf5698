"""The trash of projects: for 30 days a project that its owner deleted can be restored.

Its conversations stay, outside any project, or the owner's go to the trash with it; those of other
people always stay. Every verb checks the rows itself, so stale tabs and several processes may call
any of them at any time, and twice.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.models import trash as conversation_trash
from chatapp.conversations.models.conversation import ConversationQuerySet
from chatapp.conversations.models.trash import KEPT
from chatapp.projects.access import audience
from chatapp.projects.models import Member, Project, ProjectQuerySet

BATCH = 20  # conversations in one transaction: 50 ms, in which SQLite lets nobody else write


@dataclass(slots=True)
class Trashing:
    """What came of moving a project to the trash: whether it was moved now, the conversations that
    went with it, their replies to stop, and the people whose sidebars have changed."""

    is_done: bool = False
    chats: list[Conversation] = field(default_factory=list)
    running: list[Message] = field(default_factory=list)
    people: set[UUID] = field(default_factory=set)


def trash(project: Project, *, with_chats: bool) -> Trashing:
    """Move a project to the trash. Raises DatabaseFull.

    Many conversations go in batches before the project does: after a crash some are in the trash,
    and the project is as it was.
    """
    now, trashing = timezone.now(), Trashing()
    while with_chats and _trash_batch(project, now, trashing):
        pass
    _mark(project, now, trashing, with_chats=with_chats)
    return trashing


@transaction.atomic
def restore(project: Project) -> tuple[datetime, set[UUID]] | None:
    """Take a project out of the trash, with the conversations that stayed when it went there and
    that are in no project now. Return when it was trashed, and the people whose sidebars have
    changed; None when it isn't in the trash."""
    trashed = Project.objects.in_trash().select_for_update(no_key=True)
    row = trashed.filter(pk=project.pk).first()
    if row is None or row.trashed_at is None:
        return None
    Project.objects.filter(pk=row.pk).update(trashed_at=None)
    members = Member.objects.filter(project=row, can_chat=True).values("person")
    in_none = Conversation.objects.filter(former_project=row.pk, project=None)
    returning = in_none.filter(Q(owner=row.owner_id) | Q(owner__in=members))
    people = audience(row) | set(returning.values_list("owner_id", flat=True).distinct())
    returning.update(project=row.pk, former_project=None)
    return row.trashed_at, people


def trashed_with(project: Project, at: datetime) -> ConversationQuerySet:
    """Return the conversations that went to the trash with a project and are still there."""
    own = Conversation.objects.filter(project=project, owner=project.owner_id, trashed_at=at)
    rows: ConversationQuerySet = own.in_trash()
    return rows


def of_person(person: Person, until: datetime | None = None) -> ProjectQuerySet:
    """Return the person's projects in the trash, or those that were there at `until`, the last
    trashed first."""
    rows: ProjectQuerySet = Project.objects.filter(owner=person).in_trash()
    return (rows.filter(trashed_at__lte=until) if until else rows).order_by("-trashed_at")


def remove_expired(now: datetime) -> int:
    """Remove what has been in the trash long enough; return how many projects that were."""
    return remove(Project.objects.filter(trashed_at__lt=now - KEPT))


def remove(projects: ProjectQuerySet) -> int:
    """Delete projects in the trash for good; return how many that were. Conversations that went
    there with them stay in the trash."""
    keys = projects.in_trash().values_list("pk", flat=True)
    return sum(_remove(key) for key in list(keys))


@transaction.atomic
def _remove(key: UUID) -> bool:
    trashed = Project.objects.filter(pk=key).in_trash()
    project = trashed.select_for_update().first()  # it may be restored or removed meanwhile
    if project is None:
        return False
    Conversation.objects.filter(former_project=key).update(former_project=None)
    project.delete()
    return True


@transaction.atomic
def _trash_batch(project: Project, now: datetime, trashing: Trashing) -> bool:
    """Move some conversations to the trash; return whether there may be more."""
    if not Project.objects.present().filter(pk=project.pk).exists():
        return False
    chats = list(own_chats(project)[:BATCH])
    _trash_chats(chats, now, trashing)
    return len(chats) == BATCH


@transaction.atomic
def _mark(project: Project, now: datetime, trashing: Trashing, *, with_chats: bool) -> None:
    present = Project.objects.present().select_for_update(no_key=True).filter(pk=project.pk)
    if present.first() is None:
        return
    if with_chats:
        _trash_chats(list(own_chats(project)), now, trashing)  # begun or moved here meanwhile
    Project.objects.filter(pk=project.pk).update(trashed_at=now)
    staying = Conversation.objects.filter(project=project)
    if with_chats:
        staying = staying.exclude(owner=project.owner_id, trashed_at=now)
    trashing.people = audience(project) | set(staying.values_list("owner_id", flat=True).distinct())
    staying.update(project=None, former_project=project.pk)
    trashing.is_done = True


def own_chats(project: Project) -> ConversationQuerySet:
    own = Conversation.objects.filter(project=project, owner=project.owner_id)
    rows: ConversationQuerySet = own.present()
    return rows


def _trash_chats(chats: list[Conversation], now: datetime, trashing: Trashing) -> None:
    for conversation in chats:
        is_new, running = conversation_trash.trash(conversation, now)
        trashing.chats += [conversation] if is_new else []
        trashing.running += running
