"""Email: whether it is configured, and a test mail to the owner."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.doctor.checks import mail
from chatapp.doctor.postbox import delivery_to
from chatapp.doctor.result import Result
from chatapp.server import configuration
from tests.doctor.smtp_server import MailServer, mail_server

SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with mail_server() as server:
        settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": server.options}}
        settings.DEFAULT_FROM_EMAIL = "Chat <chat@example.com>"
        yield server


def sent() -> Result:
    result: Result = delivery_to(Person(email="owner@example.com")).look()
    return result


def test_the_console_is_green_here_and_yellow_on_a_dyno(settings: Settings) -> None:
    settings.MAILERS = {"default": configuration.mailer("", False)}
    here = mail.look()
    settings.ON_DYNO = True
    there = mail.look()

    assert (here.level, there.level) == ("green", "yellow")
    assert "forgot a password" in there.found
    assert there.command.startswith("heroku config:set EMAIL_URL=")


def test_a_mail_server_is_green_without_its_password(settings: Settings) -> None:
    settings.MAILERS = {
        "default": configuration.mailer("smtp://me:hunter2@mail.example.com", False)
    }
    settings.DEFAULT_FROM_EMAIL = "Chat <chat@example.com>"

    result = mail.look()

    assert result.level == "green"
    assert result.found == "Mails go through mail.example.com:587, from Chat <chat@example.com>."


def test_a_sender_that_no_server_takes_is_yellow(settings: Settings) -> None:
    settings.MAILERS = {"default": configuration.mailer("smtp://mail.example.com", False)}

    result = mail.look()

    assert result.level == "yellow"
    assert "CHAT_EMAIL_FROM" in result.command


def test_a_test_mail_goes_to_the_owner(server: MailServer) -> None:
    result = sent()

    assert result.level == "green"
    assert "owner@example.com" in result.found
    [text] = server.mails
    assert "To: owner@example.com\r\n" in text
    assert "From: Chat <chat@example.com>\r\n" in text


def test_a_mail_that_is_refused_is_red_without_the_words_of_the_server(
    server: MailServer,
) -> None:
    server.refusal = "550 not from hunter2"

    result = sent()

    assert result.level == "red"
    assert "550" in result.found
    assert "hunter2" not in str(result)


def test_a_mail_server_that_is_not_there_is_red(settings: Settings) -> None:
    options = {"host": "127.0.0.1", "port": 1, "username": "", "password": ""}
    settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": options}}

    assert sent().found == "The mail server did not take it (ConnectionRefusedError)."


def test_a_test_mail_on_the_console_says_so(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.MAILERS = {"default": configuration.mailer("", False)}

    assert "no mail server" in sent().found
    assert "To: owner@example.com" in capsys.readouterr().out
