"""The account of somebody who shares projects is deleted, restored, and removed for good."""

import pytest

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.documents.models import Document
from chatapp.projects.models import Member, Project, ProjectFile
from tests.documents.kit import made_of
from tests.people.kit import removed
from tests.projects.kit import chat_in, project_of, shared_with, where

pytestmark = pytest.mark.django_db(transaction=True)


def test_others_lose_the_projects_at_once_and_get_them_back(
    owner: Person, member: Person, guest: Person
) -> None:
    project, unshared = project_of(member), project_of(member, "Own")
    shared_with(project, owner)
    inside, own = chat_in(project, owner), chat_in(unshared, member)
    shared_with(project, guest, can_chat=False)

    assert membership.delete(member)

    for person in (owner, guest):
        assert not Project.objects.readable_by(person).exists()
        assert not Project.objects.usable_by(person).exists()
    assert where(inside) == (None, project.pk)
    assert where(own) == (unshared, None)

    assert membership.restore(member)

    assert Project.objects.readable_by(guest).get() == project
    assert where(inside) == (project, None)


def test_a_chat_that_is_elsewhere_since_stays_there(owner: Person, member: Person) -> None:
    project, other = project_of(member), project_of(owner)
    shared_with(project, owner)
    inside = chat_in(project, owner)
    membership.delete(member)
    inside.project, inside.former_project = other, None
    inside.save()

    membership.restore(member)

    assert where(inside) == (other, None)


def test_a_deactivated_owner_takes_nothing_away(owner: Person, member: Person) -> None:
    project = project_of(member)
    shared_with(project, owner)
    inside = chat_in(project, owner)

    assert membership.deactivate(member)

    assert Project.objects.usable_by(owner).get() == project
    assert where(inside) == (project, None)


def test_a_removed_person_leaves_no_project_and_no_membership(
    owner: Person, member: Person
) -> None:
    theirs, mine = project_of(member), project_of(owner)
    ProjectFile.objects.create(project=theirs, document=made_of(member, "A page."))
    shared_with(theirs, owner)
    shared_with(mine, member)
    inside, of_member = chat_in(theirs, owner), chat_in(mine, member)
    membership.delete(member)

    removed(member)

    assert list(Project.objects.all()) == [mine]
    assert not Member.objects.exists()
    assert not Document.objects.exists()
    assert where(inside)[0] is None
    assert not type(of_member).objects.filter(pk=of_member.pk).exists()
