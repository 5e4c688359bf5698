"""The cookie from which pages read whether their person is still here."""

from collections.abc import Callable

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from tests.support.people import PASSWORD

type SignIn = Callable[[Person], Client]
NEW_PASSWORD = "another long password 9"


def person(client: Client) -> str:
    return client.cookies["person"].value


def test_the_cookie_names_the_person_who_signed_in(stranger_client: Client, owner: Person) -> None:
    stranger_client.post(
        "/account/sign-in/", {"login": owner.email, "password": PASSWORD}, follow=True
    )

    assert person(stranger_client) == str(owner.pk)


def test_a_session_without_the_cookie_gets_it(owner_client: Client, owner: Person) -> None:
    owner_client.get("/")

    assert person(owner_client) == str(owner.pk)


def test_the_cookie_is_set_once(owner_client: Client) -> None:
    owner_client.get("/")

    assert "person" not in owner_client.get("/").cookies


def test_public_pages_do_not_change_the_cookie(owner_client: Client) -> None:
    for path in ("/healthz", "/account/session", "/account/sign-in/"):
        assert "person" not in owner_client.get(path).cookies


def test_a_sign_out_changes_the_person_cookie(owner_client: Client) -> None:
    owner_client.get("/")

    response = owner_client.post("/account/sign-out/")

    assert response["Location"] == "/account/sign-in/"
    assert person(owner_client) == "nobody"


def test_an_expired_session_keeps_the_cookie(owner_client: Client, owner: Person) -> None:
    owner_client.get("/")
    Session.objects.all().delete()

    assert owner_client.get("/").status_code == 302
    assert person(owner_client) == str(owner.pk)


def test_signing_out_of_an_expired_session_changes_the_cookie(owner_client: Client) -> None:
    owner_client.get("/")
    Session.objects.all().delete()

    response = owner_client.post("/account/sign-out/")

    assert response["Location"] == "/account/sign-in/"
    assert person(owner_client) == "nobody"


def test_a_new_password_ends_the_session_of_other_browsers(
    signed_in: Callable[[Person], Client], owner: Person
) -> None:
    here, there = signed_in(owner), signed_in(owner)
    for client in (here, there):
        client.get("/")
    passwords = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}

    here.post("/account/password/", passwords)

    assert here.get("/").status_code == 200
    assert there.get("/").status_code == 302
    assert person(there) == str(owner.pk)


def test_a_deactivation_ends_the_session_and_keeps_the_cookie(
    owner_client: Client, owner: Person
) -> None:
    owner_client.get("/")
    owner.is_active = False
    owner.save()

    assert owner_client.get("/").status_code == 302
    assert person(owner_client) == str(owner.pk)


@pytest.mark.parametrize("is_secure", [True, False])
def test_scripts_can_read_the_cookie(
    owner_client: Client, settings: Settings, is_secure: bool
) -> None:
    settings.SESSION_COOKIE_SECURE = is_secure

    cookie = owner_client.get("/").cookies["person"]

    assert not cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) is is_secure
    assert cookie["max-age"] > settings.SESSION_COOKIE_AGE
