"""CHAT_PASSWORDS=false: the button is all there is, and no page of passwords is found."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.accounts.password_links import password_link
from tests.accounts.single_sign_on.conftest import configured
from tests.support.people import PASSWORD

PAGES = [
    "/account/password/",
    "/account/password/changed/",
    "/account/links/",
    "/account/reset/",
    "/account/reset/sent/",
    "/account/reset/done/",
    "/account/passkey/",  # it takes the place of a password
]


@pytest.fixture(autouse=True)
def _passwords_off(settings: Settings, db: None) -> None:
    settings.OIDC = configured("http://127.0.0.1:1")
    settings.PASSWORDS = False


def test_the_sign_in_page_has_only_the_button(stranger_client: Client, owner: Person) -> None:
    page = stranger_client.get("/account/sign-in/").text

    assert "Continue with Example ID" in page
    for part in ('type="password"', "Forgot your password", 'name="login"'):
        assert part not in page


def test_a_right_password_signs_nobody_in(stranger_client: Client, owner: Person) -> None:
    fields = {"login": owner.email, "password": PASSWORD}

    page = stranger_client.post("/account/sign-in/", fields)
    script = stranger_client.post(
        "/account/sign-in/", fields, headers={"accept": "application/json"}
    )

    assert page.status_code == script.status_code == 404
    assert script.json() == {"error": "Sign in with Example ID first."}
    assert "_auth_user_id" not in stranger_client.session


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_page_of_passwords_is_found(owner_client: Client, path: str, method: str) -> None:
    assert owner_client.generic(method, path).status_code == 404
    assert Client().generic(method, path).status_code == 404


def test_no_link_to_choose_a_password_works(stranger_client: Client, owner: Person) -> None:
    assert stranger_client.get(password_link(owner)).status_code == 404
    with pytest.raises(CommandError, match="CHAT_PASSWORDS=true"):
        call_command("password_link", owner.email)


def test_the_chat_offers_no_password(owner_client: Client) -> None:
    page = owner_client.get("/").text

    assert "Change password" not in page
    assert 'type="password"' not in page
    assert "Continue with Example ID" in page  # for a session that expires


def test_the_first_visit_still_makes_the_owner(stranger_client: Client, settings: Settings) -> None:
    settings.SETUP_CODE = "a code of the owner"
    assert 'type="password"' not in stranger_client.get("/welcome/").text

    fields = {"email": "owner@example.com", "setup_code": "wrong"}
    assert stranger_client.post("/welcome/", fields).status_code == 200
    response = stranger_client.post("/welcome/", fields | {"setup_code": "a code of the owner"})

    assert response.status_code == 302
    owner = Person.objects.get(is_owner=True)
    assert not owner.has_usable_password()
    assert stranger_client.session["_auth_user_id"] == str(owner.pk)


def test_a_person_is_added_without_a_password() -> None:
    call_command("add_person", "anna@example.com", stdout=StringIO())

    assert not Person.objects.get(email="anna@example.com").has_usable_password()


def test_a_person_without_a_password_finds_out_why(
    owner_client: Client, owner: Person, settings: Settings
) -> None:
    settings.PASSWORDS = True
    owner.set_unusable_password()
    owner.save()
    owner_client.force_login(owner)

    response = owner_client.get("/account/password/")

    assert "You sign in with Example ID, so you have no password here." in response.text
    assert 'href="/account/reset/"' in response.text
