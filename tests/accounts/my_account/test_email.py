"""Another email: confirmed by a link where emails can be sent, else at once."""

import re
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPServerDisconnected
from unittest.mock import patch

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.accounts.my_account import email_change
from chatapp.audit.models import Action, Entry
from tests.support.people import MEMBER, OWNER, PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "new@example.com"


@pytest.fixture
def _email_works(settings: Settings) -> None:
    settings.EMAIL_URL = "smtp://mail.example.com"


@pytest.fixture
def client(owner_client: Client) -> Client:
    """Return the owner's browser after the password was given again."""
    owner_client.post("/account/reauthenticate/", {"password": PASSWORD})
    return owner_client


email_works = pytest.mark.usefixtures("_email_works")


def ask(client: Client, email: str = NEW) -> str:
    """Ask for another email, and return the path of the link in the email."""
    client.post("/account/email", {"email": email})
    found = re.search(r"https?://testserver(/account/email/\S+)", str(mail.outbox[-1].body))
    return found[1] if found else ""


def email_of(person: Person) -> str:
    person.refresh_from_db()
    return person.email


def test_the_password_is_asked_for_and_what_was_typed_is_used(
    owner_client: Client, owner: Person
) -> None:
    asked = owner_client.post("/account/email", {"email": NEW})
    assert asked.headers["Location"].startswith("/account/reauthenticate/")
    assert email_of(owner) == OWNER

    done = owner_client.post(asked.headers["Location"], {"password": PASSWORD})

    assert done.headers["Location"] == "/account/?at=email&note=saved#email"
    assert email_of(owner) == NEW


def test_without_an_email_server_it_changes_at_once(client: Client, owner: Person) -> None:
    EmailAddress.objects.create(user=owner, email=OWNER, verified=True)

    answer = client.post("/account/email", {"email": " New@Example.com "}, follow=True)

    assert email_of(owner) == NEW
    assert not EmailAddress.objects.exists()
    assert "Saved." in answer.text
    assert NEW in answer.text
    entry = Entry.objects.get(action=Action.EMAIL_CHANGED)
    assert (entry.actor, entry.subject, entry.details) == (owner, NEW, {"old_email": OWNER})
    assert mail.outbox == []


@email_works
def test_a_link_in_the_new_mailbox_confirms_it(client: Client, owner: Person) -> None:
    link = ask(client)
    [message] = mail.outbox
    anywhere = Client()
    looked = anywhere.get(link)
    assert (message.to, email_of(owner)) == ([NEW], OWNER)

    done = anywhere.post(link)

    assert "Use this email" in looked.text
    assert "Your email is changed" in done.text
    assert email_of(owner) == NEW
    assert client.get("/account/").status_code == HTTPStatus.OK  # sessions stay
    assert mail.outbox[-1].to == [OWNER]
    assert NEW in mail.outbox[-1].body
    assert not anywhere.get("/account/session").json()["person"]


@email_works
def test_a_link_works_once(client: Client, owner: Person) -> None:
    link = ask(client)
    Client().post(link)
    Person.objects.filter(pk=owner.pk).update(email="third@example.com")

    again = [Client().get(link), Client().post(link)]

    assert [answer.status_code for answer in again] == [HTTPStatus.GONE] * 2
    assert email_of(owner) == "third@example.com"


@email_works
@pytest.mark.parametrize("change", [{"password": "x"}, {"is_active": False}])
def test_a_link_ends_with_the_password_and_the_account(
    client: Client, owner: Person, change: dict[str, object]
) -> None:
    link = ask(client)
    Person.objects.filter(pk=owner.pk).update(**change)

    assert Client().post(link).status_code == HTTPStatus.GONE
    assert email_of(owner) == OWNER


@email_works
def test_a_link_that_is_old_or_changed_does_nothing(
    client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = ask(client)
    changed = link.replace("/account/email/", "/account/email/x")
    assert Client().post(changed).status_code == HTTPStatus.GONE
    monkeypatch.setattr(email_change, "LINK_WORKS", timedelta(seconds=-1))

    assert Client().post(link).status_code == HTTPStatus.GONE
    assert email_of(owner) == OWNER


@email_works
def test_nobody_learns_who_has_an_account(client: Client, owner: Person, member: Person) -> None:
    answers = [
        client.post("/account/email", {"email": email}, follow=True) for email in (MEMBER, NEW)
    ]

    first, second = mail.outbox
    assert [answer.redirect_chain for answer in answers] == [answers[0].redirect_chain] * 2
    assert (first.to, second.to) == ([MEMBER], [NEW])
    assert "already belongs to your account" in first.body
    assert OWNER not in first.body


@email_works
def test_an_email_that_was_taken_meanwhile_stays_taken(client: Client, owner: Person) -> None:
    link = ask(client)
    Person.objects.create_user(NEW, PASSWORD)

    assert Client().post(link).status_code == HTTPStatus.GONE
    assert email_of(owner) == OWNER


@pytest.mark.parametrize(
    ("email", "sentence"),
    [
        ("", "Enter an email."),
        ("not an email", "Enter a valid email address."),
        (OWNER, "This is your email already."),
        (MEMBER, "This email can&#x27;t be used here."),
    ],
)
def test_a_refused_email_stays_in_its_field(
    client: Client, owner: Person, member: Person, email: str, sentence: str
) -> None:
    answer = client.post("/account/email", {"email": email})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert sentence in answer.text
    assert not email or f'value="{email}"' in answer.text
    assert email_of(owner) == OWNER


def test_there_are_five_tries_in_an_hour(client: Client, owner: Person, member: Person) -> None:
    for _number in range(5):
        client.post("/account/email", {"email": MEMBER})

    answer = client.post("/account/email", {"email": NEW})

    assert "Wait an hour and try again." in answer.text
    assert email_of(owner) == OWNER


@email_works
def test_an_email_server_that_fails_gets_a_sentence(client: Client, owner: Person) -> None:
    with patch.object(email_change, "send_mail", side_effect=SMTPServerDisconnected):
        answer = client.post("/account/email", {"email": NEW})

    assert "couldn&#x27;t be sent" in answer.text
    assert f'value="{NEW}"' in answer.text
