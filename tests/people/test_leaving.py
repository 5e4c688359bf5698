"""A person deletes their own account, after the password and an explanation. The owner can't."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client, RequestFactory

from chatapp.accounts.models import Person
from chatapp.audit.models import Action, Entry
from chatapp.people.leaving import leave
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/account/deletion/"


@pytest.fixture
def client(member_client: Client) -> Client:
    """Return a member's browser after the password was given again."""
    member_client.post("/account/reauthenticate/", {"password": PASSWORD})
    return member_client


def test_the_password_comes_before_the_page(member_client: Client) -> None:
    answers = [member_client.get(PATH), member_client.post(PATH, {"understood": "on"})]

    assert all(each.headers["Location"].startswith("/account/reauth") for each in answers)


def test_a_member_deletes_their_account(
    client: Client, member: Person, signed_in: Callable[[Person], Client]
) -> None:
    elsewhere = signed_in(member)

    page, answer = client.get(PATH), client.post(PATH, {"understood": "on"})

    member.refresh_from_db()
    assert not member.is_active
    assert member.email in page.text
    assert "Your account is deleted" in answer.text
    assert answer.cookies["person"].value == "nobody"
    for browser in (client, elsewhere):
        assert browser.get(PATH).headers["Location"].startswith("/account/sign-in/")
    entry = Entry.objects.get(action=Action.PERSON_DELETED)
    assert (entry.actor, entry.subject) == (member, member.email)


def test_nothing_is_deleted_without_the_box(client: Client, member: Person) -> None:
    answer = client.post(PATH)

    member.refresh_from_db()
    assert (answer.status_code, member.is_active) == (HTTPStatus.UNPROCESSABLE_ENTITY, True)
    assert "Check the box" in answer.text


def test_the_owner_is_told_why_not(owner_client: Client, owner: Person) -> None:
    owner_client.post("/account/reauthenticate/", {"password": PASSWORD})

    answers = [owner_client.get(PATH), owner_client.post(PATH, {"understood": "on"})]

    owner.refresh_from_db()
    assert owner.is_active
    assert [each.status_code for each in answers] == [HTTPStatus.OK, HTTPStatus.CONFLICT]
    assert all("Transfer the ownership" in each.text for each in answers)


def test_whoever_became_the_owner_meanwhile_stays(rf: RequestFactory, owner: Person) -> None:
    assert not leave(rf.post(PATH), owner)


def test_a_stranger_must_sign_in(stranger_client: Client, owner: Person) -> None:
    assert stranger_client.post(PATH).headers["Location"].startswith("/account/sign-in/")
