"""Who may do what, and to whom."""

import itertools
from typing import Any

import pytest
from django.http import HttpRequest

from chatapp.accounts.context_processors import permissions
from chatapp.accounts.models import Person
from chatapp.accounts.permissions import (
    Permission,
    allows,
    assignable_roles,
    manages,
    with_permission,
)
from chatapp.accounts.roles import Role
from chatapp.chat.inner_pages import inner_sidebar
from chatapp.diagnostics.notices import owner_notices
from chatapp.sharing.context_processors import sharing
from tests.support.people import ROLES
from tests.support.roles import person_of

pytestmark = pytest.mark.django_db

MANAGED = {
    ("owner", "admin"),
    ("owner", "member"),
    ("owner", "guest"),
    ("admin", "member"),
    ("admin", "guest"),
}


@pytest.mark.parametrize(("actor", "person"), [*itertools.product(ROLES, ROLES)])
def test_people_are_managed_by_those_above_them(actor: str, person: str) -> None:
    above = person_of(actor)
    below = above if actor == person else person_of(person)

    assert manages(above, below) == ((actor, person) in MANAGED)


def test_an_admin_does_not_manage_another_admin(admin: Person) -> None:
    other = Person.objects.create_user("b@example.com", assigned_role=Role.ADMIN)

    assert not manages(admin, other)
    assert Role.ADMIN not in assignable_roles(admin)


def test_whoever_was_deactivated_may_nothing(owner: Person) -> None:
    owner.is_active = False

    assert not any(allows(owner, permission) for permission in Permission)
    assert assignable_roles(owner) == ()


@pytest.mark.parametrize("permission", Permission)
def test_a_query_finds_those_with_a_permission(permission: Permission) -> None:
    people = [person_of(role) for role in ROLES]
    # The owner's other column doesn't count, whatever it says.
    Person.objects.filter(is_owner=True).update(assigned_role=Role.GUEST)
    Person.objects.create_user("gone@example.com", is_active=False, assigned_role=Role.ADMIN)

    found = set(Person.objects.filter(with_permission(permission)))

    assert found == {person for person in people if allows(person, permission)}


class UntouchedRequest(HttpRequest):
    @property
    def user(self) -> None:
        raise AssertionError("The person was looked up")


@pytest.mark.parametrize("processor", [permissions, sharing, owner_notices, inner_sidebar])
def test_a_page_that_asks_for_no_permission_looks_nobody_up(processor: Any) -> None:
    """As an error page, which is made in a thread whose connection nobody closes."""
    processor(UntouchedRequest())
