"""Who may reach which project. Other people's projects are not found."""

from uuid import UUID

from django.shortcuts import get_object_or_404

from chatapp.accounts.models import Person
from chatapp.projects.models import Member, Project


def own_project(person: Person, project_id: UUID) -> Project:
    return _with_owner(person, get_object_or_404(Project.objects.of(person), pk=project_id))


def own_trashed_project(person: Person, project_id: UUID) -> Project:
    trashed = Project.objects.filter(owner=person).in_trash()
    return _with_owner(person, get_object_or_404(trashed, pk=project_id))


def own_project_anywhere(person: Person, project_id: UUID) -> Project:
    """Return a project of the person's, whether or not it is in the trash."""
    own = Project.objects.filter(owner=person)
    return _with_owner(person, get_object_or_404(own, pk=project_id))


def readable_project(person: Person, project_id: UUID) -> Project:
    readable = Project.objects.readable_by(person).select_related("owner")
    return get_object_or_404(readable, pk=project_id)


def find_usable(person: Person, project_id: UUID | None) -> Project | None:
    """Return a project if this person may chat in it, else None."""
    if project_id is None:
        return None
    found: Project | None = Project.objects.usable_by(person).filter(pk=project_id).first()
    return found


def find_readable(person: Person, project_id: UUID | None) -> Project | None:
    """Return a project if this person may look at it, else None."""
    if project_id is None:
        return None
    found: Project | None = Project.objects.readable_by(person).filter(pk=project_id).first()
    return found


def can_chat(person: Person, project: Project) -> bool:
    """Return whether a person who may read a project may chat in it, too."""
    members = Member.objects.filter(project=project, person=person, can_chat=True)
    return project.owner_id == person.pk or members.exists()


def audience(project: Project) -> set[UUID]:
    """Return the people in whose sidebars the project is."""
    members = Member.objects.filter(project=project)
    return {project.owner_id, *members.values_list("person_id", flat=True)}


def _with_owner(person: Person, project: Project) -> Project:
    project.owner = person
    return project
