"""Without an email server the owner passes on the links that set a new password."""

import re
from collections.abc import Callable
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from asgiref.sync import async_to_sync
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from chatapp.accounts.models import LinkRequest, Person
from tests.support.people import ask_for_link

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[Person], Client]
NEW = "another long password 9"


@pytest.fixture(autouse=True)
def _no_email(settings: Settings) -> None:
    settings.EMAIL_URL = ""


def follow(link: str) -> None:
    """Open the link and choose a new password."""
    browser = Client()
    form = browser.get(urlsplit(link).path, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})


def ask(person: Person) -> str:
    """Request a link, and return the page that the person reads."""
    return str(async_to_sync(ask_for_link)(person.email))


def test_the_owner_sees_requests_and_passes_on_a_link(owner_client: Client, member: Person) -> None:
    assert "Get the link from the owner" in ask(member)
    page = owner_client.get("/account/links/", follow=True)
    [action] = re.findall(r'action="(/people/[^"]+/password-link)"', page.text)
    made = owner_client.post(action)
    [link] = re.findall(r'value="(http://testserver/account/reset/[^"]+)"', made.text)
    follow(link)

    member.refresh_from_db()
    assert member.email in page.text
    assert "no-store" in made["Cache-Control"]
    assert member.check_password(NEW)
    assert not LinkRequest.objects.exists()
    assert action not in owner_client.get("/people/").text


def test_a_member_does_not_see_the_links(member_client: Client, owner: Person) -> None:
    ask(owner)

    assert member_client.get("/account/links/").status_code == 404
    assert Client().get("/account/links/").status_code == 302


def test_an_old_request_is_not_shown(owner_client: Client, member: Person) -> None:
    ask(member)
    LinkRequest.objects.update(requested_at=timezone.now() - timedelta(days=4))

    assert "/password-link" not in owner_client.get("/people/").text


def test_an_unknown_email_gets_the_same_page(owner: Person) -> None:
    known, unknown = ask(owner), ask(Person(email="nobody@example.com"))

    token = re.compile('name="csrfmiddlewaretoken" value="[^"]+"')
    assert token.sub("", known) == token.sub("", unknown)


def test_with_an_email_server_no_request_is_recorded(settings: Settings, member: Person) -> None:
    settings.EMAIL_URL = "smtp://mail.example.com"

    assert "Check your email" in ask(member)
    assert not LinkRequest.objects.exists()


def test_a_command_prints_a_link_for_the_owner(
    owner: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("password_link", owner.email.upper())
    follow(capsys.readouterr().out.strip())

    owner.refresh_from_db()
    assert owner.check_password(NEW)
    with pytest.raises(CommandError, match=r"nobody@example\.com"):
        call_command("password_link", "nobody@example.com")
