"""CHAT_SITE_NAME is the name of the app on pages and in emails."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parseaddr
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from chatapp.accounts.models import Person
from chatapp.server import configuration
from tests.support.people import ask_for_link

NAME = "Heron & Sons"
SHOWN = "Heron &amp; Sons"


@pytest.fixture(autouse=True)
def _named(settings: Any) -> None:
    settings.SITE_NAME = NAME
    settings.EMAIL_URL = "smtp://mail.example.com"


def test_the_page_shows_the_name(signed_in: Callable[[Person], Client], member: Person) -> None:
    assert f'<span class="wordmark">{SHOWN}</span>' in signed_in(member).get("/").text


def test_the_sign_in_page_has_the_name_in_its_title(stranger_client: Client, owner: Person) -> None:
    page = stranger_client.get("/account/sign-in/").text

    assert f'<p class="wordmark">{SHOWN}</p>' in page
    assert f"<title>Sign in · {SHOWN}</title>" in page


@pytest.mark.django_db(transaction=True)
async def test_emails_contain_the_name(owner: Person) -> None:
    await ask_for_link(owner.email)

    [message] = mail.outbox
    assert message.subject == f"Choose a new password for {NAME}"
    assert f"your account on {NAME}." in message.body


def test_the_name_is_chat_by_default() -> None:
    assert configuration.site_name("  ") == "Chat"


@pytest.mark.parametrize("name", ["x" * 41, "Heron\nBcc: everybody@example.com"])
def test_an_invalid_name_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="CHAT_SITE_NAME must be one line"):
        configuration.site_name(name)


def test_emails_have_the_name_as_sender_unless_one_is_set() -> None:
    assert parseaddr(configuration.sender("", "Heron, Sons")) == ("Heron, Sons", "chat@localhost")
    assert configuration.sender("Me <me@example.com>", NAME) == "Me <me@example.com>"
