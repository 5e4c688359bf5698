"""Sharing a project with people: who reads it, who chats in it, and what ends with their access."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.conversations.models.membership import lock_usable
from chatapp.projects import members
from chatapp.projects.members import (
    eligible,
    leave,
    let_in,
    members_of,
    named,
    shared_by,
    take_out,
)
from chatapp.projects.models import Member, Project
from tests.projects.kit import chat_in, project_of, shared_with, where

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def announced(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return the people whose sidebars were announced to have changed."""
    people: list[Any] = []
    monkeypatch.setattr(members, "sidebars_changed", people.extend)
    return people


def logged() -> list[tuple[str, str, Any]]:
    rows = Entry.objects.order_by("pk")
    return [(row.action, row.subject, row.details.get("can_chat")) for row in rows]


def test_a_member_reads_or_chats_as_the_owner_decides(
    project: Project, member: Person, announced: list[Any]
) -> None:
    found = [
        (
            let_in(project, member, can_chat=can_chat),
            Project.objects.readable_by(member).exists(),
            Project.objects.usable_by(member).exists(),
        )
        for can_chat in (False, False, True)
    ]

    assert found == [(True, True, False), (False, True, False), (True, True, True)]
    assert logged() == [
        (Action.PROJECT_SHARED, member.email, False),
        (Action.PROJECT_ACCESS_CHANGED, member.email, True),
    ]
    assert announced == [member.pk] * 2


def only_read(project: Project, person: Person) -> bool:
    return let_in(project, person, can_chat=False)


@pytest.mark.parametrize("end", [take_out, leave, only_read])
def test_the_chats_of_whoever_may_not_chat_any_more_are_outside(
    project: Project,
    owner: Person,
    member: Person,
    guest: Person,
    end: Callable[[Project, Person], bool],
) -> None:
    for person in (member, guest):
        shared_with(project, person)
    now = timezone.now()
    inside, in_trash = chat_in(project, member), chat_in(project, member, trashed_at=now)
    waiting = chat_in(None, member, former_project=project.pk)
    elsewhere = chat_in(project_of(member), member)
    others = [chat_in(project, person) for person in (owner, guest)]

    assert [end(project, member), end(project, member)] == [True, False]

    assert [where(each) for each in (inside, in_trash, waiting)] == [(None, None)] * 3
    assert where(elsewhere)[0].owner == member
    assert [where(each)[0] for each in others] == [project] * 2
    assert not Project.objects.usable_by(member).filter(pk=project.pk).exists()
    assert Entry.objects.count() == 1


def test_nothing_of_a_change_is_stored_without_the_rest(project: Project, member: Person) -> None:
    shared_with(project, member)
    inside = chat_in(project, member)
    broken = patch.object(Entry.objects, "record", side_effect=ZeroDivisionError)

    with broken, pytest.raises(ZeroDivisionError):
        take_out(project, member)

    assert Member.objects.count() == 1
    assert where(inside)[0] == project


@pytest.mark.parametrize("end", [take_out, leave])
def test_an_end_is_recorded_without_the_name_of_the_project(
    project: Project, owner: Person, member: Person, end: Callable[[Project, Person], bool]
) -> None:
    shared_with(project, member)

    end(project, member)

    entry = Entry.objects.get()
    actor, subject = (owner, member) if end is take_out else (member, owner)
    assert (entry.actor, entry.subject) == (actor, subject.email)
    assert entry.details == {"project": str(project.pk)}


def test_a_project_in_the_trash_is_shared_with_nobody(project: Project, member: Person) -> None:
    shared_with(project, member)
    Project.objects.update(trashed_at=timezone.now())

    assert not Project.objects.readable_by(member).exists()
    for verb in (take_out, leave, only_read):
        with pytest.raises(Http404):
            verb(project, member)


def test_only_who_may_chat_moves_something_in(
    project: Project, owner: Person, member: Person, guest: Person
) -> None:
    shared_with(project, guest, can_chat=False)

    with transaction.atomic():
        assert lock_usable(owner, project.pk) == project
        assert lock_usable(member, project.pk) is None
        assert lock_usable(guest, project.pk) is None
        shared_with(project, member)
        assert lock_usable(member, project.pk) == project


def test_people_are_offered_by_name_and_namesakes_with_their_email(
    project: Project, member: Person
) -> None:
    ada, other = (
        Person.objects.create_user(f"{name}@example.com", name="Ada") for name in ("b", "a")
    )
    gone = Person.objects.create_user("gone@example.com", is_active=False)

    found = named(eligible(project))

    assert found == [
        (str(other.pk), "Ada (a@example.com)"),
        (str(ada.pk), "Ada (b@example.com)"),
        (str(member.pk), member.email),
    ]
    shared_with(project, gone)
    assert gone in eligible(project)  # somebody deactivated keeps the access, and may lose it


def test_whoever_is_deactivated_stays_on_the_list_and_whoever_is_deleted_does_not(
    project: Project, owner: Person, member: Person, guest: Person
) -> None:
    for person in (member, guest):
        shared_with(project, person)
    Person.objects.filter(pk=member.pk).update(is_active=False)
    Person.objects.filter(pk=guest.pk).update(is_active=False, deleted_at=timezone.now())

    assert [each.person for each in members_of(project)] == [member]
    assert list(shared_by(owner)) == [project]
    take_out(project, member)
    assert list(shared_by(owner)) == []
