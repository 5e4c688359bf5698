"""Setting up and changing one's own second step, which asks for the password again."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from chatapp.accounts.models import Person, SignInPolicy
from chatapp.accounts.two_step import new_secret
from chatapp.audit.models import Action, Entry
from tests.accounts.two_step.factors import (
    WRONG,
    add_app,
    add_passkey,
    add_recovery_codes,
    code,
    give_password,
)
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db
PAGE = "/account/two-step/"
APP = "/account/two-step/app/"
APP_REMOVAL = "/account/two-step/app/removal/"
CODES = "/account/two-step/recovery-codes/"
NEW_CODES = "/account/two-step/recovery-codes/new/"
CONFIRM = "/account/reauthenticate/"


@pytest.fixture
def confirmed(member_client: Client) -> Client:
    """Return the member's browser, in which the password was typed again a moment ago."""
    member_client.post(CONFIRM, {"password": PASSWORD})
    return member_client


def secret_on(page: str) -> str:
    return re.search(r'class="secret">([A-Z2-7 ]+)<', page)[1].replace(" ", "")  # type: ignore[index]


def test_the_page_shows_what_is_set_up(member_client: Client, member: Person) -> None:
    assert "Two-step sign-in is off" in member_client.get(PAGE).text
    add_app(member)
    add_passkey(member, "Blue <phone>")
    add_recovery_codes(member)

    page = member_client.get(PAGE).text

    assert "Two-step sign-in is on" in page
    assert "Blue &lt;phone&gt;" in page
    assert "10 codes are left" in page


@pytest.mark.django_db(transaction=True)
def test_an_app_is_set_up_by_its_first_code(confirmed: Client, member: Person) -> None:
    page = confirmed.get(APP).text
    secret = secret_on(page)
    assert "<path d=" in page  # the QR code, inline
    assert confirmed.session[new_secret.KEY] != secret
    assert secret_on(confirmed.post(APP, {"code": WRONG}).text) == secret

    response = confirmed.post(APP, {"code": code(secret)}, follow=True)

    assert response.request["PATH_INFO"] == CODES
    shown = re.findall(r"<code>(\d{8})</code>", response.text)
    assert len(set(shown)) == 10
    assert all(each in response.text.partition("data:text/plain,")[2] for each in shown)
    assert new_secret.KEY not in confirmed.session
    assert not re.findall(r"<code>(\d{8})</code>", confirmed.get(CODES).text)
    changes = [(each.details["change"], each.details["kind"]) for each in Entry.objects.all()]
    assert sorted(changes) == [("added", "recovery_codes"), ("added", "totp")]
    assert {each.action for each in Entry.objects.all()} == {Action.TWO_STEP_CHANGED}


def test_the_code_that_set_up_an_app_signs_nobody_in(
    confirmed: Client, stranger_client: Client, member: Person
) -> None:
    first = code(secret_on(confirmed.get(APP).text))
    confirmed.post(APP, {"code": first})
    give_password(stranger_client, member.email)

    assert "already used" in stranger_client.post("/account/second-step/", {"code": first}).text


@pytest.mark.django_db(transaction=True)
def test_new_recovery_codes_replace_the_old_ones(confirmed: Client, member: Person) -> None:
    add_app(member)
    old = add_recovery_codes(member)

    response = confirmed.post(NEW_CODES, follow=True)

    assert not set(old) & set(re.findall(r"<code>(\d{8})</code>", response.text))
    assert Entry.objects.get().details["change"] == "renewed"


@pytest.mark.parametrize("path", [APP, APP_REMOVAL, NEW_CODES, "/account/two-step/passkeys/"])
def test_changes_ask_for_the_password(member_client: Client, member: Person, path: str) -> None:
    if path != APP:
        add_app(member)
    add_recovery_codes(member)

    for response in (member_client.get(path), member_client.post(path), member_client.get(CODES)):
        assert response["Location"].startswith(CONFIRM)
    assert not Entry.objects.exists()


def test_a_change_is_confirmed_by_a_code_too(member_client: Client, member: Person) -> None:
    add_app(member)
    confirm = member_client.get(APP_REMOVAL, follow=True)
    assert "/account/reauthenticate/code/" in confirm.text

    member_client.post(f"/account/reauthenticate/code/?next={APP_REMOVAL}", {"code": code()})
    member_client.post(APP_REMOVAL)

    assert not Authenticator.objects.exists()


def test_setting_up_right_after_signing_in_does_not_ask_again(
    stranger_client: Client, member: Person
) -> None:
    give_password(stranger_client, member.email)

    secret = secret_on(stranger_client.get(APP).text)
    response = stranger_client.post(APP, {"code": code(secret)}, follow=True)

    assert response.request["PATH_INFO"] == CODES


def test_removing_the_last_step_removes_the_recovery_codes(
    confirmed: Client, member: Person
) -> None:
    add_app(member)
    add_recovery_codes(member)

    confirmed.post(APP_REMOVAL)

    assert not Authenticator.objects.exists()


def test_the_last_step_stays_where_it_is_required(confirmed: Client, member: Person) -> None:
    SignInPolicy.objects.create(role="member", two_step_required=True)
    passkey = add_passkey(member)
    removal = f"{PAGE}passkeys/{passkey.pk}/removal/"
    assert "Add another way first" in confirmed.post(removal).text
    assert Authenticator.objects.exists()
    add_app(member)
    confirmed.post(removal)

    page = confirmed.post(APP_REMOVAL).text

    assert "Add another way first" in page
    assert Authenticator.objects.get().type == "totp"


def test_a_passkey_is_renamed_and_removed(confirmed: Client, member: Person) -> None:
    passkey = add_passkey(member)

    confirmed.post(f"{PAGE}passkeys/{passkey.pk}/name/", {"name": "Old phone"})
    assert Authenticator.objects.get().data["name"] == "Old phone"
    confirmed.post(f"{PAGE}passkeys/{passkey.pk}/removal/")

    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("action", ["name", "removal"])
def test_somebody_elses_passkey_is_not_found(confirmed: Client, owner: Person, action: str) -> None:
    passkey = add_passkey(owner)
    path = f"{PAGE}passkeys/{passkey.pk}/{action}/"

    assert confirmed.get(path).status_code == 404
    assert confirmed.post(path, {"name": "Mine"}).status_code == 404
    assert Authenticator.objects.get().data["name"] == "Phone"


def test_recovery_codes_need_another_second_step(confirmed: Client) -> None:
    assert "Set up one of them first" in confirmed.post(NEW_CODES).text
    assert confirmed.get(CODES).status_code == 404
