"""No secret is shown: not in a line, on the page, in the command's words or in the log."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from django.test import AsyncClient
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.doctor.checks import Check
from chatapp.doctor.concealing import HIDDEN, conceal
from chatapp.doctor.examination import examine
from chatapp.doctor.result import red
from tests.doctor.conftest import Serve
from tests.doctor.secrets_everywhere import SECRETS, hide_everywhere
from tests.inference.wire import refusal

Sign = Callable[[Person], AsyncClient]


@pytest.fixture
def talkative(
    serve: Serve, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Awaitable[None]]:
    """Everything is broken, and the service repeats every secret that it could know."""

    async def start() -> None:
        words = " ".join(SECRETS.values())
        hide_everywhere(settings, monkeypatch, (await serve(refusal(400, words))).url)

    return start


def leaked(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if secret in text]


@pytest.mark.django_db(transaction=True)
async def test_the_page_and_the_log_hold_no_secret(
    talkative: Any, async_client_of: Sign, owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await talkative()
    client = await sync_to_async(async_client_of)(owner)

    page = (await client.get("/doctor/report")).content.decode()
    mail = (await client.post("/doctor/mail")).content.decode()

    assert page.count('data-level="red"') >= 5
    assert HIDDEN in page
    assert 'data-level="red"' in mail
    assert leaked(page + mail + caplog.text) == []


@pytest.mark.django_db(transaction=True)
async def test_the_command_holds_no_secret(
    talkative: Any, caplog: pytest.LogCaptureFixture
) -> None:
    await talkative()
    out = io.StringIO()

    with pytest.raises(CommandError) as caught:
        await sync_to_async(call_command, thread_sensitive=False)("doctor", stdout=out)

    assert HIDDEN in out.getvalue()
    assert leaked(out.getvalue() + str(caught.value) + caplog.text) == []


@pytest.mark.parametrize("name", SECRETS)
async def test_a_secret_in_somebody_elses_words_is_concealed(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    hide_everywhere(settings, monkeypatch, "http://127.0.0.1:1")
    check = Check("test", "Test", lambda: red(f"It said {SECRETS[name]}!"))

    assert (await examine(check)).found == f"It said {HIDDEN}!"


def test_an_encoded_password_is_concealed_in_both_forms(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:p%40ssword@127.0.0.1:1"

    assert conceal("p%40ssword p@ssword") == f"{HIDDEN} {HIDDEN}"


def test_a_secret_of_two_letters_does_not_eat_the_words(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:is@127.0.0.1:1"

    assert conceal("This is fine.") == "This is fine."


def test_what_a_check_quotes_is_valid_text() -> None:
    assert conceal("It said \ud83d and \0.") == "It said \ufffd and ."
