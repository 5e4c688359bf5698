"""Every URL of two-step sign-in: everybody has their own, strangers sign in, 404 for the rest."""

from collections.abc import Callable
from http import HTTPStatus

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.accounts.roles import Role
from tests.accounts.two_step.device import Device
from tests.accounts.two_step.factors import JSON

pytestmark = pytest.mark.django_db
OK, FOUND, GONE = HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND
ONLY_POST = HTTPStatus.METHOD_NOT_ALLOWED
STRANGER = "stranger"
EVERYBODY = [*Role, STRANGER]
# The status of a GET for people with a second step, and for strangers; a change asks for the
# password first, which is a redirect too.
OWN = {
    "/account/two-step/": OK,
    "/account/two-step/app/": FOUND,
    "/account/two-step/app/removal/": GONE,
    "/account/two-step/recovery-codes/": GONE,
    "/account/two-step/recovery-codes/new/": FOUND,
    "/account/two-step/passkeys/": FOUND,
    "/account/two-step/passkeys/{own}/name/": FOUND,
    "/account/two-step/passkeys/{own}/removal/": FOUND,
    "/account/reauthenticate/code/": FOUND,  # there is no code, so the password is asked for
    "/account/reauthenticate/passkey/": OK,
}
FOR_STRANGERS = {
    "/account/second-step/": FOUND,
    "/account/second-step/start-again/": ONLY_POST,
    "/account/passkey/": FOUND,
}
people = pytest.mark.parametrize("role", EVERYBODY)


@pytest.fixture
def client(
    signed_in: Callable[[Person], Client], owner: Person, role: str, stranger_client: Client
) -> Client:
    if role == STRANGER:
        return stranger_client
    person = owner
    if role != Role.OWNER:
        person = Person.objects.create_user(
            "somebody@example.com", "correct horse battery staple", assigned_role=role
        )
    client = signed_in(person)
    client.own = Device().belongs_to(person).pk  # type: ignore[attr-defined]
    return client


@people
def test_everybody_has_their_own(client: Client, role: str) -> None:
    for path, expected in OWN.items():
        path = path.format(own=getattr(client, "own", 1))
        response = client.get(path)
        if role == STRANGER:
            assert response["Location"].startswith("/account/sign-in/"), path
            assert client.post(path, headers=JSON).status_code == HTTPStatus.UNAUTHORIZED, path
        else:
            assert response.status_code == expected, path
            assert "/sign-in/" not in response.headers.get("Location", ""), path


@people
def test_the_pages_of_a_sign_in_lead_people_to_their_chats(client: Client, role: str) -> None:
    for path, expected in FOR_STRANGERS.items():
        assert client.get(path).status_code == expected, path
