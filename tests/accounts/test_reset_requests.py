"""A request for a new password: answered alike and at once, handled afterwards."""

import asyncio
import re
from collections.abc import Iterator
from smtplib import SMTPServerDisconnected
from threading import Event
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async
from django.core import mail
from django.db import OperationalError, connection
from django.test import AsyncClient, Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chatapp import background
from chatapp.accounts import guesses, reset_requests
from chatapp.accounts.adapter import AccountAdapter
from chatapp.accounts.models import Person
from tests.support.people import ask_for_link

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "another long password 9"
SEND = "send_password_reset_mail"


@pytest.fixture(autouse=True)
def _email_server(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMAIL_URL = "smtp://mail.example.com"
    monkeypatch.setattr(reset_requests, "PAUSES_SECONDS", (0, 0))


@pytest.fixture
def hanging_server() -> Iterator[Event]:
    """An email server that answers once the event is set."""
    answers = Event()
    with patch.object(AccountAdapter, SEND, lambda *_args: answers.wait()):
        yield answers
        answers.set()


async def test_a_forgotten_password_is_reset_by_email(owner: Person) -> None:
    await ask_for_link("Owner@Example.com")
    [message] = mail.outbox
    link = re.search(r"https?://testserver(/account/reset/\S+)", message.body)
    assert link
    await sync_to_async(_choose)(link[1])

    await owner.arefresh_from_db()
    assert owner.check_password(NEW)
    assert message.to == [owner.email]


def _choose(path: str) -> None:
    browser = Client()
    form = browser.get(path, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW})


async def test_the_answer_does_not_wait_for_the_email_server(
    owner: Person, hanging_server: Event
) -> None:
    answer = await AsyncClient().post("/account/reset/", {"email": owner.email})

    assert answer["Location"] == "/account/reset/sent/"
    [task] = background.running("password-reset:")
    assert not task.done()
    hanging_server.set()
    await task


def test_the_answer_takes_the_same_queries_for_an_unknown_address(owner: Person) -> None:
    def answer(email: str) -> tuple[int, str, list[Any]]:
        with CaptureQueriesContext(connection) as queries:
            response = Client().post("/account/reset/", {"email": email})
        return response.status_code, response["Location"], queries.captured_queries

    with patch.object(reset_requests, "start"):
        assert answer(owner.email) == answer("nobody@example.com")
        assert answer(owner.email)[2] == []


async def test_an_unknown_address_gets_no_email(owner: Person) -> None:
    known, unknown = await ask_for_link(owner.email), await ask_for_link("nobody@example.com")

    assert len(mail.outbox) == 1
    token = re.compile('name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", known) == token.sub("", unknown)


@pytest.mark.parametrize("error", [SMTPServerDisconnected(), TimeoutError(), OperationalError()])
async def test_an_error_is_survived_and_the_email_sent_later(
    owner: Person, error: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    send, errors = AccountAdapter.send_password_reset_mail, [error, error]

    def fail_twice(*args: Any) -> None:
        if errors:
            raise errors.pop()
        send(*args)

    monkeypatch.setattr(AccountAdapter, SEND, fail_twice)
    await ask_for_link(owner.email)

    assert len(mail.outbox) == 1


async def test_a_lasting_error_is_logged_without_the_link_or_the_email(
    owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with patch.object(AccountAdapter, SEND, side_effect=ConnectionRefusedError(owner.email)):
        await ask_for_link(owner.email)

    assert "given up: ConnectionRefusedError" in caplog.text
    assert owner.email not in caplog.text


async def test_a_stranger_cannot_flood_a_mailbox_nor_keep_the_person_from_a_link(
    owner: Person,
) -> None:
    pages = {await ask_for_link(owner.email) for _ in range(guesses.RESET_EMAILS.attempts + 3)}

    assert len(mail.outbox) == guesses.RESET_EMAILS.attempts
    assert all("Check your email" in page for page in pages)
    link = re.search(r"https?://testserver(/account/reset/\S+)", mail.outbox[0].body)
    assert link
    await sync_to_async(_choose)(link[1])
    await owner.arefresh_from_db()
    assert owner.check_password(NEW)


async def test_requests_that_wait_are_bounded(
    owner: Person, monkeypatch: pytest.MonkeyPatch, hanging_server: Event
) -> None:
    monkeypatch.setattr(reset_requests, "MAX_WAITING", 1)
    statuses = [
        (await AsyncClient().post("/account/reset/", {"email": email})).status_code
        for email in (owner.email, "a@example.com", "b@example.com")
    ]

    assert statuses == [302, 302, 302]
    waiting = background.running("password-reset:")
    assert len(waiting) == 1
    hanging_server.set()
    await asyncio.gather(*waiting)


async def test_a_deactivated_person_gets_no_link(owner: Person) -> None:
    await Person.objects.aupdate(is_active=False)

    await ask_for_link(owner.email)

    assert not mail.outbox
