"""People of every role, and invitations."""

from collections.abc import Callable

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.people.models import Invitation
from tests.people.forms import invite
from tests.support.people import PASSWORD

type SignIn = Callable[[Person], Client]


@pytest.fixture
def admin(db: None) -> Person:
    return Person.objects.create_user("admin@example.com", PASSWORD, assigned_role="admin")


@pytest.fixture
def guest(db: None) -> Person:
    return Person.objects.create_user("guest@example.com", PASSWORD, assigned_role="guest")


@pytest.fixture
def admin_client(signed_in: SignIn, admin: Person) -> Client:
    return signed_in(admin)


@pytest.fixture
def guest_client(signed_in: SignIn, guest: Person) -> Client:
    return signed_in(guest)


@pytest.fixture
def path(owner_client: Client) -> str:
    """Return the path of a link for a member."""
    return invite(owner_client)


@pytest.fixture
def invitation(path: str) -> Invitation:
    return Invitation.objects.get()
