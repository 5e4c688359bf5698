"""Joining with an invitation, and everything that doesn't let anybody in."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings as project
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatapp.accounts import hashing
from chatapp.accounts.models import AttemptCount, Person
from chatapp.audit.models import Action, Entry
from chatapp.people import joining
from chatapp.people.models import Invitation
from tests.accounts.forms import has_cursor
from tests.people.forms import NEW_PERSON, invite, join
from tests.support.people import PASSWORD

pytestmark = pytest.mark.django_db

NOT_FOUND = HTTPStatus.NOT_FOUND
REFUSED = HTTPStatus.UNPROCESSABLE_ENTITY
FIRST = next(iter(project.CATALOG))


def is_signed_in(browser: Client) -> bool:
    return "_auth_user_id" in browser.session


def test_a_stranger_joins_and_lands_in_the_empty_chat(stranger_client: Client, path: str) -> None:
    form = stranger_client.get(path).text
    assert has_cursor(form, "email")

    home = stranger_client.post(path, NEW_PERSON, follow=True)

    assert home.redirect_chain == [("/", 302)]
    assert "New chat" in home.text
    person = Person.objects.get(email="new@example.com")
    assert (person.name, person.role, person.allowed_models) == ("Ada", "member", [])
    assert person.check_password(NEW_PERSON["password"])
    assert not Invitation.objects.exists()


def test_joining_is_recorded(stranger_client: Client, path: str) -> None:
    join(stranger_client, path, email=" New@Example.COM")

    entry = Entry.objects.get(action=Action.JOINED)
    assert entry.actor_email == entry.subject == "new@example.com"
    assert entry.details == {"role": "member"}
    assert path.split("/")[2] not in str(Entry.objects.values())


def test_whoever_just_joined_adds_a_passkey_without_the_password(
    stranger_client: Client, path: str
) -> None:
    stranger_client.post(path, NEW_PERSON)

    assert stranger_client.get("/account/two-step/passkeys/").status_code == HTTPStatus.OK


def test_a_guest_gets_the_role_and_the_models(owner_client: Client) -> None:
    path = invite(owner_client, role="guest", models=[FIRST])

    join(Client(), path, role="admin", assigned_role="admin", is_owner="on", allowed_models="x")

    person = Person.objects.get(email="new@example.com")
    assert (person.role, person.allowed_models) == ("guest", [FIRST])


@pytest.mark.parametrize(("typed", "name"), [("\u202eadA  B", "adA B"), ("\u200b \u2060", "")])
def test_a_name_is_seen_and_changes_no_text_around_it(
    stranger_client: Client, path: str, typed: str, name: str
) -> None:
    join(stranger_client, path, name=typed)

    assert Person.objects.get(email="new@example.com").name == name


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_uses_nothing_up(stranger_client: Client, path: str, method: str) -> None:
    before = Invitation.objects.values().get()

    for _ in range(3):
        assert getattr(stranger_client, method)(path).status_code == HTTPStatus.OK

    assert Invitation.objects.values().get() == before
    assert Person.objects.count() == 1
    assert not AttemptCount.objects.filter(count__gt=0).exists()


def test_the_address_stays_with_this_site(stranger_client: Client, path: str) -> None:
    for url in (path, "/join/" + "A" * 24 + "/"):
        answer = stranger_client.get(url)
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cache-Control"] == "private, no-store"
        assert answer["X-Robots-Tag"].startswith("noindex")
    assert "http" not in stranger_client.get(path).text.replace("http-equiv", "")


def ended(invitation: Invitation) -> None:
    Invitation.objects.update(ends_at=timezone.now())


def revoked(invitation: Invitation) -> None:
    Invitation.objects.all().delete()


def used(invitation: Invitation) -> None:
    invitation.close()


def made_by_somebody_deactivated(invitation: Invitation) -> None:
    Person.objects.filter(pk=invitation.made_by_id).update(is_active=False)


def made_by_a_member(invitation: Invitation) -> None:
    Person.objects.filter(pk=invitation.made_by_id).update(is_owner=False)


def for_an_admin_by_an_admin(invitation: Invitation) -> None:
    """The owner has become an admin since."""
    Person.objects.update(is_owner=False, assigned_role="admin")
    Invitation.objects.update(role="admin")


WAYS = [
    *(ended, revoked, used),
    *(made_by_somebody_deactivated, made_by_a_member, for_an_admin_by_an_admin),
]


@pytest.mark.parametrize("close", WAYS)
def test_a_link_that_does_not_work_lets_nobody_in_and_tells_nothing(
    stranger_client: Client,
    path: str,
    invitation: Invitation,
    close: Callable[[Invitation], None],
) -> None:
    unknown = stranger_client.get("/join/" + "A" * 24 + "/")
    close(invitation)

    for answer in (stranger_client.get(path), join(stranger_client, path)):
        assert answer.status_code == NOT_FOUND
        assert answer.content == unknown.content
    assert "Ask for a new one" in unknown.text
    assert not is_signed_in(stranger_client)
    assert not Person.objects.filter(email="new@example.com").exists()


def test_a_link_works_once(path: str) -> None:
    join(Client(), path)

    again = Client()
    assert join(again, path, email="second@example.com").status_code == NOT_FOUND
    assert not is_signed_in(again)
    assert not Person.objects.filter(email="second@example.com").exists()


def test_a_signed_in_person_reads_a_sentence(member_client: Client, path: str) -> None:
    for answer in (member_client.get(path), join(member_client, path)):
        assert "signed in as <bdi>member@example.com</bdi>" in answer.text

    assert Invitation.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password"}, "password"),
        ({"password": "new@example.com"}, "password"),
        ({"password2": "another one"}, "password2"),
        ({"name": "a" * 81}, "name"),
    ],
    ids=str,
)
def test_a_mistake_is_explained_and_the_link_still_works(
    stranger_client: Client, path: str, fields: dict[str, str], field: str
) -> None:
    page = join(stranger_client, path, **fields)

    assert page.status_code == REFUSED
    assert page.context["form"].errors[field]
    assert has_cursor(page.text, field)
    assert join(stranger_client, path).status_code == HTTPStatus.FOUND


def test_an_email_with_an_account_cannot_join_again(
    stranger_client: Client, path: str, member: Person
) -> None:
    page = join(stranger_client, path, email="MEMBER@example.com")

    assert page.status_code == REFUSED
    assert "If you have an account here, sign in." in page.text
    assert not is_signed_in(stranger_client)
    member.refresh_from_db()
    assert member.check_password(PASSWORD)
    assert Invitation.objects.exists()
    assert not Entry.objects.filter(action=Action.JOINED).exists()


def test_a_link_finds_out_about_few_emails(
    stranger_client: Client, path: str, monkeypatch: pytest.MonkeyPatch, member: Person
) -> None:
    monkeypatch.setattr(joining, "TAKEN_EMAILS", replace(joining.TAKEN_EMAILS, attempts=2))
    for _ in range(2):
        assert (
            "You can&#x27;t join with this email"
            in join(stranger_client, path, email=member.email).text
        )

    for email in (member.email, "new@example.com"):
        page = join(stranger_client, path, email=email)
        assert "Too many emails were tried" in page.text
        assert not is_signed_in(stranger_client)


def test_guesses_of_links_are_limited_for_each_address(
    path: str, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr(joining, "WRONG_LINKS", replace(joining.WRONG_LINKS, attempts=3))
    settings.TRUSTED_PROXIES = 1

    def look(token: str, address: str) -> HTTPStatus:
        headers = {"x-forwarded-for": address}
        return HTTPStatus(Client().get(f"/join/{token}/", headers=headers).status_code)

    token = path.split("/")[2]
    for _ in range(5):  # right ones aren't counted
        assert look(token, "192.0.2.1") == HTTPStatus.OK
    for number in range(3):
        assert look(f"{number:024}", "192.0.2.1") == NOT_FOUND
    assert look("too short", "192.0.2.1") == NOT_FOUND
    for guess in (f"{4:024}", token):
        assert look(guess, "192.0.2.1") == HTTPStatus.TOO_MANY_REQUESTS
    assert look(token, "192.0.2.2") == HTTPStatus.OK


def test_a_form_of_another_site_is_refused(path: str) -> None:
    browser = Client(enforce_csrf_checks=True)

    assert browser.post(path, NEW_PERSON).status_code == HTTPStatus.FORBIDDEN
    assert Invitation.objects.exists()


def test_while_too_many_passwords_are_hashed_a_person_is_asked_to_wait(
    stranger_client: Client, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "WAIT_SECONDS", 0)
    with hashing.slot(is_known=False), hashing.slot(is_known=False):
        page = join(stranger_client, path)

    assert "Too many people are signing in" in page.text
    assert join(stranger_client, path).status_code == HTTPStatus.FOUND


@pytest.mark.django_db(transaction=True)
def test_the_password_is_hashed_outside_the_transaction(path: str) -> None:
    """It takes a third of a second, in which nobody else could write to SQLite."""
    inside = []

    def note(password: str) -> str:
        inside.append(connection.in_atomic_block)
        return hashers.make_password(password)

    with patch.object(joining, "make_password", side_effect=note):
        join(Client(), path)

    assert inside == [False]
