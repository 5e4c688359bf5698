"""Email: whether it is configured, and a test email to the owner."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.diagnostics.checks import email
from chatapp.diagnostics.results import Result
from chatapp.server import email_configuration
from tests.diagnostics.email_server import EmailServer, email_server

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def server(settings: Settings) -> Iterator[EmailServer]:
    with email_server() as server:
        settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": server.options}}
        settings.DEFAULT_FROM_EMAIL = "Chat <chat@example.com>"
        yield server


def sent() -> Result:
    result: Result = email.make_test_email(Person(email="owner@example.com")).look()
    return result


def test_the_console_is_green_here_and_yellow_on_a_dyno(settings: Settings) -> None:
    settings.MAILERS = {"default": email_configuration.email_backend("", False)}
    here = email.check_email()
    settings.ON_DYNO = True
    there = email.check_email()

    assert (here.level, there.level) == ("green", "yellow")
    assert "forgotten passwords" in there.found
    assert there.command.startswith("heroku config:set EMAIL_URL=")


def test_an_email_server_is_green_and_its_password_hidden(settings: Settings) -> None:
    settings.MAILERS = {
        "default": email_configuration.email_backend("smtp://me:hunter2@mail.example.com", False)
    }
    settings.DEFAULT_FROM_EMAIL = "Chat <chat@example.com>"

    result = email.check_email()

    assert result.level == "green"
    assert (
        result.found == "Email is sent through mail.example.com:587, from Chat <chat@example.com>."
    )


def test_a_sender_that_servers_refuse_is_yellow(settings: Settings) -> None:
    settings.MAILERS = {
        "default": email_configuration.email_backend("smtp://mail.example.com", False)
    }

    result = email.check_email()

    assert result.level == "yellow"
    assert "CHAT_EMAIL_FROM" in result.command


def test_a_test_email_goes_to_the_owner(server: EmailServer) -> None:
    result = sent()

    assert result.level == "green"
    assert "owner@example.com" in result.found
    [text] = server.emails
    assert "To: owner@example.com\r\n" in text
    assert "From: Chat <chat@example.com>\r\n" in text


def test_a_refused_email_is_red_without_the_message_of_the_server(
    server: EmailServer,
) -> None:
    server.refusal = "550 not from hunter2"

    result = sent()

    assert result.level == "red"
    assert "550" in result.found
    assert "hunter2" not in str(result)


def test_an_email_server_that_is_away_is_red(settings: Settings) -> None:
    options = {"host": "127.0.0.1", "port": 1, "username": "", "password": ""}
    settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": options}}

    assert sent().found == ("The email server refused the test email (ConnectionRefusedError).")


def test_a_test_email_on_the_console_is_explained(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAILERS = {"default": email_configuration.email_backend("", False)}

    assert "no email server" in sent().found
    assert "To: owner@example.com" in capsys.readouterr().out
