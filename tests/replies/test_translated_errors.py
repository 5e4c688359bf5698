"""Errors of the model service are shown in the language of the site."""

import struct
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange
from chatapp.inference import TextBlocked, Waiting
from chatapp.inference.errors import RateLimited, Unreachable
from chatapp.replies.waiting import ServiceWait
from tests.support.replies import answering, made

pytestmark = pytest.mark.django_db(transaction=True)

GERMAN = {
    "": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=n != 1;\n",
    "Compatible server at %(host)s": "Kompatibler Server auf %(host)s",
    "No model is connected: set INFERENCE_URL and INFERENCE_KEY": "Kein Modell ist verbunden",
    "The service is handling too many requests.": "Der Dienst hat zu viele Anfragen.",
    "The service couldn't be reached.": "Der Dienst ist nicht erreichbar.",
    "Try again in %(count)d seconds.": "Versuche es in %(count)d Sekunden wieder.",
    "The service reported: “%(message)s”": "Der Dienst meldet: „%(message)s“",
}


def compiled(catalogue: dict[str, str]) -> bytes:
    """Return a catalogue in the binary format of gettext: a header, two tables, the texts."""
    pairs = sorted((source.encode(), text.encode()) for source, text in catalogue.items())
    texts_at = 28 + 16 * len(pairs)
    tables, texts = [b"", b""], b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += struct.pack("<II", len(pair[column]), texts_at + len(texts))
            texts += pair[column] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, texts_at)
    return header + tables[0] + tables[1] + texts


@pytest.fixture
def german(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the language of the site to German."""
    settings.USE_I18N = True
    # Django reads that setting once.
    monkeypatch.setattr(translation, "_trans", type(translation._trans)())
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(compiled(GERMAN))
    settings.LOCALE_PATHS = [tmp_path]
    settings.LANGUAGE_CODE = "de"


@pytest.mark.usefixtures("german", "no_service", "impatient_line")
async def test_a_failed_reply_explains_the_error_in_the_language_of_the_site(
    running: Exchange,
) -> None:
    with answering(RateLimited(detail="Quota: 150", retry_after=30.0)):
        reply = await made(running)

    assert reply.error == (
        "Der Dienst hat zu viele Anfragen. Versuche es in 30 Sekunden wieder."
        " Der Dienst meldet: „Quota: 150“"
    )


@pytest.mark.usefixtures("german", "no_service")
async def test_a_sentence_without_a_translation_stays_english(running: Exchange) -> None:
    with answering(TextBlocked()):
        reply = await made(running)

    assert reply.error == TextBlocked().sentence


@pytest.mark.usefixtures("german")
async def test_the_notice_of_a_waiting_reply_is_translated() -> None:
    wait = ServiceWait(lambda: None)
    wait.begin(Waiting(1.0, Unreachable.reason))

    assert wait.status(None).wait_reason == "Der Dienst ist nicht erreichbar."
    wait.cancel()


@pytest.mark.usefixtures("german", "no_service")
def test_the_page_names_the_service_in_the_language_of_the_site(owner: Person) -> None:
    browser = Client()
    browser.force_login(owner)

    assert "Kein Modell ist verbunden" in browser.get("/").content.decode()
