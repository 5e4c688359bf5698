"""Signing in, out, and getting back in."""

import pytest
from django.test import Client

from chatapp.accounts.models import Person
from tests.accounts.forms import has_cursor
from tests.support.people import PASSWORD


def test_signing_in_opens_the_chat(stranger_client: Client, owner: Person) -> None:
    response = stranger_client.post(
        "/account/sign-in/", {"login": "Owner@example.com", "password": PASSWORD}, follow=True
    )

    assert response.request["PATH_INFO"] == "/"
    assert response.status_code == 200


def test_a_wrong_password_is_explained_and_the_email_kept(
    stranger_client: Client, owner: Person
) -> None:
    response = stranger_client.post(
        "/account/sign-in/", {"login": owner.email, "password": "wrong wrong wrong"}
    )

    assert response.context["form"].errors
    assert owner.email in response.text
    assert has_cursor(response.text, "password")


def test_an_inactive_person_cannot_sign_in(stranger_client: Client, owner: Person) -> None:
    Person.objects.update(is_active=False)

    stranger_client.post("/account/sign-in/", {"login": owner.email, "password": PASSWORD})

    assert "_auth_user_id" not in stranger_client.session


def test_sign_out_needs_a_post(owner_client: Client) -> None:
    owner_client.get("/account/sign-out/")
    assert "_auth_user_id" in owner_client.session
    owner_client.post("/account/sign-out/")
    assert "_auth_user_id" not in owner_client.session


def test_people_cannot_sign_up_by_themselves(stranger_client: Client, owner: Person) -> None:
    stranger_client.post(
        "/account/sign-up/", {"email": "new@example.com", "password1": PASSWORD}, follow=True
    )

    assert Person.objects.count() == 1


def test_a_script_with_an_expired_session_gets_a_sentence(
    stranger_client: Client, owner: Person
) -> None:
    response = stranger_client.post("/images/", headers={"accept": "application/json"})

    assert response.status_code == 401
    assert response.json()["login"] == "/account/sign-in/"


@pytest.mark.parametrize("path", ["/", "/conversations", "/account/password/"])
def test_pages_require_a_sign_in(stranger_client: Client, owner: Person, path: str) -> None:
    response = stranger_client.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith("/account/sign-in/")
