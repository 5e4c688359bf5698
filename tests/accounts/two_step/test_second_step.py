"""Signing in takes a second step where the person has one, and nothing leads around it."""

from unittest.mock import patch

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.accounts.password_links import password_link
from tests.accounts.two_step.factors import (
    JSON,
    SECOND_STEP,
    SIGN_IN,
    WRONG,
    add_app,
    add_passkey,
    add_recovery_codes,
    code,
    give_password,
    is_signed_in,
)
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def half(stranger_client: Client, owner: Person) -> Client:
    """Return a browser in which the owner's password was right, and nothing else happened."""
    add_app(owner)
    response = give_password(stranger_client, owner.email)
    assert response["Location"] == SECOND_STEP
    return stranger_client


def test_a_code_finishes_the_sign_in(half: Client, owner: Person) -> None:
    assert "One more step" in half.get(SECOND_STEP).text

    response = half.post(SECOND_STEP, {"code": code()})

    assert response["Location"] == "/"
    assert is_signed_in(half)


def test_the_address_that_was_asked_for_is_kept(stranger_client: Client, owner: Person) -> None:
    add_app(owner)
    fields = {"login": owner.email, "password": PASSWORD, "next": "/trash/"}
    stranger_client.post(SIGN_IN, fields)

    assert stranger_client.post(SECOND_STEP, {"code": code()})["Location"] == "/trash/"


@pytest.mark.parametrize("wrong", [WRONG, "", "12345", "１２３４５６", "a" * 5000, "\u0000"])
def test_a_wrong_code_signs_nobody_in(half: Client, wrong: str) -> None:
    response = half.post(SECOND_STEP, {"code": wrong})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert not is_signed_in(half)


@pytest.mark.parametrize(
    "path",
    ["/", "/conversations", "/account/password/", "/account/two-step/", "/account/two-step/app/"],
)
def test_no_page_opens_before_the_second_step(half: Client, path: str) -> None:
    response = half.get(path)

    assert response.status_code == 302
    assert response["Location"].startswith(SIGN_IN)
    assert half.post("/images/", headers=JSON).status_code == 401


def test_signing_in_again_leads_back_to_the_second_step(half: Client) -> None:
    assert half.get(SIGN_IN)["Location"] == SECOND_STEP


def test_the_second_step_alone_leads_to_the_password(
    stranger_client: Client, owner: Person
) -> None:
    add_app(owner)

    for response in (
        stranger_client.get(SECOND_STEP),
        stranger_client.post(SECOND_STEP, {"code": code()}),
    ):
        assert response["Location"] == SIGN_IN
    assert not is_signed_in(stranger_client)


def test_somebody_else_can_sign_in_instead(half: Client, member: Person) -> None:
    half.post("/account/second-step/start-again/")

    give_password(half, member.email)

    assert is_signed_in(half)


def test_a_session_id_from_before_the_sign_in_is_worth_nothing(half: Client) -> None:
    before = half.cookies["sessionid"].value

    half.post(SECOND_STEP, {"code": code()})

    assert half.cookies["sessionid"].value != before
    planted = Client()
    planted.cookies["sessionid"] = before
    assert planted.get("/")["Location"].startswith(SIGN_IN)


def test_a_new_password_ends_a_sign_in_that_began_with_the_old_one(
    half: Client, owner: Person
) -> None:
    owner.set_password("another long password 9")
    owner.save()

    assert half.post(SECOND_STEP, {"code": code()})["Location"] == SIGN_IN
    assert not is_signed_in(half)


def test_a_deactivated_person_cannot_finish_the_sign_in(half: Client) -> None:
    Person.objects.update(is_active=False)

    half.post(SECOND_STEP, {"code": code()})

    assert not is_signed_in(half)


def test_the_second_step_does_not_wait_for_ever(half: Client) -> None:
    with patch("time.time", return_value=half.session["account_login"]["initiated_at"] + 901):
        assert half.post(SECOND_STEP, {"code": code()})["Location"] == SIGN_IN


def test_the_second_step_needs_the_token_of_its_form(owner: Person) -> None:
    add_app(owner)
    browser = Client(enforce_csrf_checks=True)
    browser.get(SIGN_IN)
    token = browser.cookies["csrftoken"].value
    fields = {"login": owner.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
    assert browser.post(SIGN_IN, fields)["Location"] == SECOND_STEP

    assert browser.post(SECOND_STEP, {"code": code()}).status_code == 403


def test_a_forgotten_password_does_not_bypass_the_second_step(
    stranger_client: Client, owner: Person
) -> None:
    add_app(owner)
    new = "another long password 9"
    form = stranger_client.get(password_link(owner))["Location"]
    stranger_client.post(form, {"password1": new}, follow=True)
    assert not is_signed_in(stranger_client)

    response = stranger_client.post(SIGN_IN, {"login": owner.email, "password": new})

    assert response["Location"] == SECOND_STEP
    assert not is_signed_in(stranger_client)


def test_a_recovery_code_works_once(half: Client, owner: Person) -> None:
    first, second, *_others = add_recovery_codes(owner)

    assert half.post(SECOND_STEP, {"code": f" {first[:4]}-{first[4:]} "})["Location"] == "/"

    again = Client()
    give_password(again, owner.email)
    assert again.post(SECOND_STEP, {"code": first}).context["form"].errors
    assert again.post(SECOND_STEP, {"code": second})["Location"] == "/"


def test_recovery_codes_alone_are_no_second_step(stranger_client: Client, owner: Person) -> None:
    add_recovery_codes(owner)

    give_password(stranger_client, owner.email)

    assert is_signed_in(stranger_client)


def test_secrets_are_encrypted(owner: Person) -> None:
    app, recovery = add_app(owner), add_recovery_codes(owner)

    stored = str(list(Authenticator.objects.values_list("data", flat=True)))

    assert app.wrap().validate_code(code())
    assert "JBSWY3DPEHPK3PXP" not in stored
    assert not any(each in stored for each in recovery)


def test_codes_that_cannot_be_read_any_more_are_explained(
    stranger_client: Client, owner: Person, settings: Settings
) -> None:
    add_app(owner)
    settings.SECRET_KEY = "another key that is long enough for this"
    give_password(stranger_client, owner.email)

    assert "secret key changed" in stranger_client.post(SECOND_STEP, {"code": code()}).text


# --- In place, for an expired session ---------------------------------------------------


def test_the_dialog_of_an_expired_session_asks_for_the_second_step(
    stranger_client: Client, owner: Person
) -> None:
    add_app(owner)

    for response in (
        give_password(stranger_client, owner.email, headers=JSON),
        # The dialog was closed, and the password is typed again.
        give_password(stranger_client, owner.email, headers=JSON, follow=True),
    ):
        assert response.status_code == 403
        assert f'action="{SECOND_STEP}"' in response.json()["html"]
        assert stranger_client.get("/account/session").json()["person"] is None

    wrong = stranger_client.post(SECOND_STEP, {"code": WRONG}, headers=JSON)
    assert (wrong.status_code, wrong.json()["error"]) == (422, "This code is not correct.")
    right = stranger_client.post(SECOND_STEP, {"code": code()}, headers=JSON)
    assert right.json()["person"] == str(owner.pk)
    assert right.json()["token"]


def test_the_dialog_of_somebody_with_passkeys_names_the_page(
    stranger_client: Client, owner: Person
) -> None:
    add_passkey(owner)

    html = give_password(stranger_client, owner.email, headers=JSON).json()["html"]

    assert 'target="_blank"' in html


def test_a_second_step_that_comes_too_late_is_explained_in_the_dialog(
    stranger_client: Client, owner: Person
) -> None:
    response = stranger_client.post(SECOND_STEP, {"code": code()}, headers=JSON, follow=True)

    assert response.status_code == 401
    assert "took too long" in response.json()["error"]


def test_no_email_is_sent_about_it(half: Client) -> None:
    half.post(SECOND_STEP, {"code": code()})

    assert not mail.outbox
