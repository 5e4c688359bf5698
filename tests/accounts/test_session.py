"""/account/session, and signing in by a script on a page whose session expired."""

from typing import Any

import pytest
from django.test import Client

from chatapp.accounts import guesses
from chatapp.accounts.models import Person
from tests.support.people import PASSWORD

JSON = {"accept": "application/json"}
SIGN_IN = "/account/sign-in/"


@pytest.fixture
def browser() -> Client:
    """Return a browser whose forms need their CSRF token."""
    return Client(enforce_csrf_checks=True)


def sign_in(browser: Client, email: str, password: str = PASSWORD, token: str = "") -> Any:
    token = token or browser.get("/account/session").json()["token"]
    fields = {"login": email, "password": password, "csrfmiddlewaretoken": token}
    return browser.post(SIGN_IN, fields, headers=JSON)


def test_the_page_returns_who_is_signed_in(
    owner_client: Client, stranger_client: Client, owner: Person
) -> None:
    assert owner_client.get("/account/session").json()["person"] == str(owner.pk)
    assert stranger_client.get("/account/session").json()["person"] is None


def test_a_script_signs_in_and_gets_the_new_token(browser: Client, owner: Person) -> None:
    before = browser.get("/account/session").json()["token"]

    answer = sign_in(browser, owner.email, token=before).json()

    assert answer["person"] == str(owner.pk)
    theme = {"theme": "dark", "csrfmiddlewaretoken": answer["token"]}
    assert browser.post("/theme/", theme, headers=JSON).status_code == 204
    stale = browser.post("/theme/", {**theme, "csrfmiddlewaretoken": before}, headers=JSON)
    assert stale.status_code == 403
    assert stale.json()["expired"] is True


def test_a_wrong_password_is_explained_and_not_repeated(browser: Client, owner: Person) -> None:
    response = sign_in(browser, owner.email, "wrong wrong wrong")

    assert response.status_code == 422
    assert "password" in response.json()["error"]
    assert "wrong wrong wrong" not in response.content.decode()
    assert PASSWORD not in sign_in(browser, owner.email).content.decode()


def test_without_a_csrf_token_a_sign_in_is_refused(browser: Client, owner: Person) -> None:
    response = browser.post(SIGN_IN, {"login": owner.email, "password": PASSWORD}, headers=JSON)

    assert response.status_code == 403
    assert browser.get("/account/session").json()["person"] is None


def test_an_inactive_person_gets_a_reason(browser: Client, owner: Person) -> None:
    Person.objects.update(is_active=False)

    response = sign_in(browser, owner.email)

    assert response.status_code in (403, 422)
    assert response.json()["error"]
    assert browser.get("/account/session").json()["person"] is None


def test_guessing_is_limited_for_scripts_too(browser: Client, owner: Person) -> None:
    for _ in range(guesses.TO_ACCOUNT_FROM_ADDRESS.attempts):
        sign_in(browser, owner.email, "wrong wrong wrong")

    response = sign_in(browser, owner.email)

    assert "Too many" in response.json()["error"]
    assert browser.get("/account/session").json()["person"] is None


def test_other_sites_can_neither_read_nor_cache_the_token(browser: Client) -> None:
    response = browser.get("/account/session", headers={"origin": "https://evil.example"})

    assert "Access-Control-Allow-Origin" not in response
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"


def test_the_session_only_accepts_get(browser: Client) -> None:
    assert Client().post("/account/session").status_code == 405
