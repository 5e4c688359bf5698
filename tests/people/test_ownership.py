"""Handing the site over: one owner at any time."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

import pytest
from allauth.mfa.models import Authenticator
from django.db import connections
from django.test import Client

from chatapp.accounts import membership
from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from chatapp.audit.models import Action, Entry
from chatapp.people.authority import NotAllowed
from chatapp.people.deactivation import deactivate
from chatapp.people.ownership import transfer
from tests.accounts.two_step.factors import add_app
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_owner_hands_over_with_the_password(
    owner_client: Client, owner: Person, guest: Person
) -> None:
    path = f"/people/{guest.pk}/ownership"
    assert owner_client.get(path).status_code == HTTPStatus.OK

    answer = owner_client.post(path, {"password": PASSWORD})

    assert answer["Location"] == f"/people/{guest.pk}/?note=owner"
    roles = {each.email: each.role for each in Person.objects.all()}
    assert roles == {owner.email: Role.ADMIN, guest.email: Role.OWNER}
    entry = Entry.objects.get(action=Action.OWNERSHIP_TRANSFERRED)
    assert (entry.actor, entry.subject) == (owner, guest.email)
    assert owner_client.post(path, {"password": PASSWORD}).status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_changes_nothing(
    owner_client: Client, owner: Person, member: Person, password: str
) -> None:
    answer = owner_client.post(f"/people/{member.pk}/ownership", {"password": password})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert Person.objects.get(is_owner=True) == owner


def test_guesses_of_the_password_are_limited(
    owner_client: Client, owner: Person, member: Person
) -> None:
    path = f"/people/{member.pk}/ownership"
    for _guess in range(10):
        owner_client.post(path, {"password": "wrong"})

    answer = owner_client.post(path, {"password": PASSWORD})

    assert "Too many wrong passwords" in answer.text
    assert Person.objects.get(is_owner=True) == owner


@pytest.mark.parametrize("end", [membership.deactivate, membership.delete])
def test_whoever_cannot_sign_in_becomes_no_owner(
    owner_client: Client, owner: Person, member: Person, end: object
) -> None:
    end(member)  # type: ignore[operator]

    answer = owner_client.post(f"/people/{member.pk}/ownership", {"password": PASSWORD})

    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert not transfer(owner, member)


@pytest.mark.parametrize("end", [membership.deactivate, membership.delete])
def test_the_owner_cannot_leave(owner: Person, end: object) -> None:
    assert not end(owner)  # type: ignore[operator]
    owner.refresh_from_db()
    assert owner.is_active
    assert not membership.set_role(owner, Role.GUEST)


def at_once(*works: object) -> list[object]:
    barrier = threading.Barrier(len(works))

    def run(work: object) -> object:
        try:
            barrier.wait(10)
            return work()  # type: ignore[operator]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as threads:
        return list(threads.map(run, works))


def test_of_two_transfers_at_once_one_wins(owner: Person, admin: Person, member: Person) -> None:
    done = at_once(
        lambda: transfer(Person.objects.get(pk=owner.pk), admin),
        lambda: transfer(Person.objects.get(pk=owner.pk), member),
    )

    assert sorted(map(bool, done)) == [False, True]
    assert Person.objects.filter(is_owner=True, is_active=True).count() == 1


def test_a_transfer_and_a_deactivation_at_once_leave_an_owner(
    owner: Person, member: Person
) -> None:
    at_once(
        lambda: transfer(Person.objects.get(pk=owner.pk), Person.objects.get(pk=member.pk)),
        lambda: membership.deactivate(Person.objects.get(pk=member.pk)),
    )

    assert Person.objects.filter(is_owner=True, is_active=True).count() == 1


def test_an_owner_of_yesterday_decides_nothing(owner: Person, admin: Person) -> None:
    """The request of a page that was opened before the transfer."""
    transfer(owner, admin)
    before = Person.objects.get(pk=owner.pk)
    before.is_owner = True  # as it was when the request began

    with pytest.raises(NotAllowed):
        deactivate(before, admin)
    assert Person.objects.get(pk=admin.pk).is_active


def test_an_owner_without_a_password_confirms_by_a_code_or_a_new_sign_in(
    owner: Person, member: Person, signed_in: Callable[[Person], Client]
) -> None:
    owner.set_unusable_password()
    owner.save()
    path = f"/people/{member.pk}/ownership"
    add_app(owner)
    client = signed_in(owner)
    assert client.post(path)["Location"].startswith("/account/reauthenticate/")
    assert Person.objects.get(is_owner=True) == owner

    Authenticator.objects.all().delete()
    assert "Sign out, sign in again" in client.post(path).text  # somebody at an open page, say
    assert Person.objects.get(is_owner=True) == owner

    session = client.session
    session["account_authentication_methods"] = [{"method": "socialaccount", "at": time.time()}]
    session["account_authentication_methods_user"] = str(owner.pk)
    session.save()
    page = client.get(path)
    assert page.status_code == HTTPStatus.OK
    assert "password" not in page.text.partition("<h1>")[2].partition("</form>")[0]
    client.post(path)

    assert Person.objects.get(is_owner=True) == member
