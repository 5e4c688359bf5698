"""The first account of a new instance."""

import threading

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from chatapp.accounts import guesses
from chatapp.accounts.models import OwnerExists, Person
from tests.accounts.forms import has_cursor

NEW = {"email": "First@Example.com", "password": "correct horse battery staple"}


def test_a_new_instance_redirects_to_the_first_account(stranger_client: Client, db: None) -> None:
    response = stranger_client.get("/", follow=True)

    assert response.redirect_chain == [("/welcome/", 302)]
    assert b"Create account" in response.content


def test_the_first_person_becomes_the_owner_and_is_signed_in(stranger_client: Client) -> None:
    response = stranger_client.post("/welcome/", NEW, follow=True)

    assert response.status_code == 200
    person = Person.objects.get()
    assert person.is_owner
    assert person.email == "first@example.com"
    assert int(stranger_client.session["_auth_user_id"].replace("-", ""), 16) == person.pk.int


def test_a_public_instance_asks_for_its_setup_code(
    stranger_client: Client, settings: Settings, db: None
) -> None:
    settings.SETUP_CODE = "0123456789abcdef"
    assert b"Setup code" in stranger_client.get("/welcome/").content

    for wrong in ({}, {"setup_code": ""}, {"setup_code": "0123456789abcdee"}):
        assert stranger_client.post("/welcome/", NEW | wrong).context["form"].errors["setup_code"]
    assert not Person.objects.exists()

    stranger_client.post("/welcome/", NEW | {"setup_code": " 0123456789abcdef "})
    assert Person.objects.get().is_owner


def test_guesses_of_the_setup_code_are_slowed_and_logged(
    stranger_client: Client, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    settings.SETUP_CODE, settings.TRUSTED_PROXIES = "0123456789abcdef", 1

    def enter(code: str, address: str) -> str:
        headers = {"x-forwarded-for": address}
        return stranger_client.post("/welcome/", NEW | {"setup_code": code}, headers=headers).text

    for _ in range(guesses.SETUP_CODE.attempts):
        assert "isn&#x27;t the setup code" in enter("wrong", "198.51.100.1")

    assert "Too many wrong codes" in enter(settings.SETUP_CODE, "198.51.100.1")
    assert not Person.objects.exists()
    assert caplog.messages.count("A wrong setup code came from 198.51.100.1") == 10
    enter(settings.SETUP_CODE, "198.51.100.2")
    assert Person.objects.get().is_owner


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"email": "not an address"}, "email"),
        ({"password": "short"}, "password"),
        ({"password2": "another"}, "password2"),
        ({"setup_code": "wrong"}, "setup_code"),
    ],
)
def test_the_cursor_is_where_the_mistake_is(
    stranger_client: Client, settings: Settings, wrong: dict[str, str], field: str
) -> None:
    settings.SETUP_CODE = "0123456789abcdef"
    assert has_cursor(stranger_client.get("/welcome/").text, "email")
    fields = NEW | {"setup_code": settings.SETUP_CODE} | wrong

    page = stranger_client.post("/welcome/", fields).text

    assert has_cursor(page, field)
    assert not Person.objects.exists()


def test_without_scripts_the_password_is_typed_twice(stranger_client: Client) -> None:
    page = stranger_client.get("/welcome/").text
    assert '<noscript><div class="field"><label for="id_password2">' in page

    stranger_client.post("/welcome/", NEW | {"password2": NEW["password"]})

    assert Person.objects.get().is_owner


def test_a_local_instance_needs_no_setup_code(stranger_client: Client, db: None) -> None:
    assert b"Setup code" not in stranger_client.get("/welcome/").content


@pytest.mark.parametrize(
    ("on_dyno", "command"),
    [(True, b"heroku config:set CHAT_SETUP_CODE="), (False, b"<code>CHAT_SETUP_CODE=")],
)
def test_a_public_instance_without_a_setup_code_cannot_be_claimed(
    stranger_client: Client, settings: Settings, db: None, on_dyno: bool, command: bytes
) -> None:
    settings.ON_DYNO, settings.BEHIND_HTTPS = on_dyno, True

    for response in (stranger_client.get("/welcome/"), stranger_client.post("/welcome/", NEW)):
        assert response.status_code == 503
        assert command in response.content

    assert not Person.objects.exists()


def test_a_second_person_is_redirected_to_the_sign_in(
    stranger_client: Client, owner: Person
) -> None:
    response = stranger_client.post("/welcome/", NEW, follow=True)

    assert response.redirect_chain[-1][0].startswith("/account/sign-in/")
    assert Person.objects.count() == 1


@pytest.mark.parametrize("password", ["short", "password", "12345678", ""])
def test_weak_passwords_are_refused_with_a_sentence(stranger_client: Client, password: str) -> None:
    response = stranger_client.post("/welcome/", {**NEW, "password": password})

    assert response.context["form"].errors["password"]
    assert not Person.objects.exists()


def test_an_invalid_email_is_refused_and_kept_in_the_field(stranger_client: Client) -> None:
    response = stranger_client.post("/welcome/", {**NEW, "email": "not an address"})

    assert response.context["form"].errors["email"]
    assert b"not an address" in response.content


@pytest.mark.django_db(transaction=True)
def test_only_one_of_several_racing_people_becomes_the_owner() -> None:
    start, outcomes = threading.Barrier(4), []

    def claim(number: int) -> None:
        start.wait()
        try:
            Person.objects.create_owner(f"{number}@example.com", NEW["password"])
            outcomes.append("owner")
        except OwnerExists:
            outcomes.append("late")
        finally:
            connection.close()

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["late", "late", "late", "owner"]
    assert Person.objects.get().is_owner
