"""No secret appears on the page, in the output of the command or in the log."""

import io
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.management import CommandError, call_command
from django.test import AsyncClient
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.diagnostics.redaction import HIDDEN, redact
from chatapp.diagnostics.results import red
from chatapp.diagnostics.runner import Check, run
from tests.diagnostics.conftest import Serve
from tests.diagnostics.secret_settings import SECRETS, configure_secrets
from tests.inference.wire import refusal

Sign = Callable[[Person], AsyncClient]


@pytest.fixture
def broken(
    serve: Serve, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], Awaitable[None]]:
    """Break everything, and have the service repeat every secret."""

    async def start() -> None:
        words = " ".join(SECRETS.values())
        configure_secrets(settings, monkeypatch, (await serve(refusal(400, words))).url)

    return start


def leaked(text: str) -> list[str]:
    return [name for name, secret in SECRETS.items() if secret in text]


@pytest.mark.django_db(transaction=True)
async def test_the_page_and_the_log_hold_no_secret(
    broken: Any, async_client_of: Sign, owner: Person, caplog: pytest.LogCaptureFixture
) -> None:
    await broken()
    client = await sync_to_async(async_client_of)(owner)

    page = (await client.get("/diagnostics/report")).content.decode()
    email = (await client.post("/diagnostics/email")).content.decode()

    assert page.count('data-level="red"') >= 5
    assert HIDDEN in page
    assert 'data-level="red"' in email
    assert leaked(page + email + caplog.text) == []


@pytest.mark.django_db(transaction=True)
async def test_the_command_holds_no_secret(broken: Any, caplog: pytest.LogCaptureFixture) -> None:
    await broken()
    out = io.StringIO()

    with pytest.raises(CommandError) as caught:
        await sync_to_async(call_command, thread_sensitive=False)("diagnostics", stdout=out)

    assert HIDDEN in out.getvalue()
    assert leaked(out.getvalue() + str(caught.value) + caplog.text) == []


@pytest.mark.parametrize("name", SECRETS)
async def test_a_secret_in_a_quoted_message_is_hidden(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    configure_secrets(settings, monkeypatch, "http://127.0.0.1:1")
    check = Check("test", "Test", lambda: red(f"It said {SECRETS[name]}!"))

    assert (await run(check)).found == f"It said {HIDDEN}!"


def test_an_encoded_password_is_hidden_in_both_forms(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:p%40ssword@127.0.0.1:1"

    assert redact("p%40ssword p@ssword") == f"{HIDDEN} {HIDDEN}"


def test_a_secret_of_two_letters_is_ignored(settings: Settings) -> None:
    settings.REDIS_URL = "redis://:is@127.0.0.1:1"

    assert redact("This is fine.") == "This is fine."


def test_quoted_text_is_made_valid() -> None:
    assert redact("It said \ud83d and \0.") == "It said \ufffd and ."
