"""Share a project with people of this instance: who is let in, and what happens when they go.

Only its owner lets people in. Each verb locks the row of the project, for which whoever moves a
conversation into it waits too (`membership`). So nobody's conversation is ever in a project in
which they may not chat. Each returns whether it changed anything, so calling it twice is harmless.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.conversations.models import Conversation
from chatapp.conversations.sidebar_events import sidebars_changed
from chatapp.projects.models import Member, Project
from chatapp.server.folding import fold


@transaction.atomic
def let_in(
    project: Project, person: Person, *, can_chat: bool, request: HttpRequest | None = None
) -> bool:
    """Let somebody read the project or chat in it, or change which of the two they may.

    Whoever may only read from now on keeps their conversations outside of the project. Raises
    Http404 when the project is gone.
    """
    _lock(project.pk)
    member, is_new = Member.objects.get_or_create(
        {"can_chat": can_chat}, project=project, person=person
    )
    if not is_new:
        other = Member.objects.filter(pk=member.pk).exclude(can_chat=can_chat)
        if not other.update(can_chat=can_chat):
            return False
    if not can_chat:
        _take_conversations_out(project, person.pk)
    action = Action.PROJECT_SHARED if is_new else Action.PROJECT_ACCESS_CHANGED
    Entry.objects.record(
        action,
        project.owner,
        subject=person.email,
        request=request,
        project=str(project.pk),
        can_chat=can_chat,
    )
    sidebars_changed([person.pk])
    return True


@transaction.atomic
def take_out(project: Project, person: Person, *, request: HttpRequest | None = None) -> bool:
    """End somebody's access at once; their conversations stay theirs, outside of the project."""
    if not _end(project, person):
        return False
    Entry.objects.record(
        Action.PROJECT_ACCESS_REMOVED,
        project.owner,
        subject=person.email,
        request=request,
        project=str(project.pk),
    )
    return True


@transaction.atomic
def leave(project: Project, person: Person, *, request: HttpRequest | None = None) -> bool:
    """End one's own access to somebody else's project."""
    if not _end(project, person):
        return False
    Entry.objects.record(
        Action.PROJECT_LEFT,
        person,
        subject=project.owner.email,
        request=request,
        project=str(project.pk),
    )
    return True


def members_of(project: Project) -> list[Member]:
    """Return those who are let in, by name. Somebody who was deleted comes back with a restoration
    only, and isn't shown until then."""
    rows = project.members.filter(person__deleted_at=None).select_related("person")
    return sorted(rows, key=lambda member: fold(member.person.label))


def eligible(project: Project) -> QuerySet[Person]:
    """Return whom the owner may let in, and those who are in already."""
    is_in = Exists(Member.objects.filter(project=project, person=OuterRef("pk")))
    present = Person.objects.filter(Q(is_active=True) | is_in, deleted_at=None)
    return present.exclude(pk=project.owner_id)


def named(people: Iterable[Person]) -> list[tuple[str, str]]:
    """Return id and name of people, by name; of namesakes the email too."""
    known = [(fold(person.label), person) for person in people]
    names = [name for name, _person in known]
    return [
        (str(person.pk), _with_email(person) if names.count(name) > 1 else person.label)
        for name, person in sorted(known, key=lambda pair: (pair[0], pair[1].email))
    ]


def shared_by(person: Person) -> QuerySet[Project]:
    """Return the person's own projects to which others have access."""
    others = Member.objects.filter(project=OuterRef("pk"), person__deleted_at=None)
    found: QuerySet[Project] = Project.objects.of(person).filter(Exists(others))
    return found


def _end(project: Project, person: Person) -> bool:
    _lock(project.pk)
    if not Member.objects.filter(project=project, person=person).delete()[0]:
        return False
    _take_conversations_out(project, person.pk)
    sidebars_changed([person.pk])
    return True


def _lock(project_id: UUID) -> None:
    # Rows that only refer to the project don't wait: its key stays as it is.
    get_object_or_404(Project.objects.present().select_for_update(no_key=True), pk=project_id)


def _take_conversations_out(project: Project, person_id: UUID) -> None:
    """Make somebody's conversations in a project ordinary ones, those in the trash as well.

    Nor do they come back with the project when that is restored.
    """
    own = Conversation.objects.filter(owner=person_id)
    own.filter(project=project).update(project=None)
    own.filter(former_project=project.pk).update(former_project=None)


def _with_email(person: Person) -> str:
    return f"{person.label} ({person.email})" if person.name else person.label
