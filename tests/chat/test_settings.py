"""POST /c/<id>/settings: the settings of one conversation."""

import re
import threading
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import (
    Conversation,
    Defaults,
    Exchange,
    ModelSettings,
    add_exchange,
)
from chatapp.inference.catalog import load_catalog
from tests.support.replies import MODEL, complete, new_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]
JSON = {"accept": "application/json"}
OTHER = "claude-4-5-sonnet"
EVERYTHING = {
    "model": OTHER,
    "instructions": "Answer like a heron.",
    "thinking": "high",
    "temperature": "0.3",
    "top_p": "",
    "max_tokens": "1000",
}
CHOSEN = ModelSettings(OTHER, "Answer like a heron.", "high", 0.3, None, 1000)
BAD = [
    ({"model": "gpt-2"}, "model", "available"),
    ({"instructions": "a" * 20_001}, "instructions", "Shorten them to 20,000"),
    ({"thinking": "extreme"}, "thinking", "Off, Low, Medium or High"),
    ({"temperature": "1.1"}, "temperature", "from 0 to 1"),
    ({"temperature": "-0.1"}, "temperature", "from 0 to 1"),
    ({"temperature": "nan"}, "temperature", "from 0 to 1"),
    ({"temperature": "warm"}, "temperature", "from 0 to 1"),
    ({"top_p": "2"}, "top_p", "from 0 to 1"),
    ({"temperature": "0.5", "top_p": "0.5"}, "top_p", "not both"),
    ({"max_tokens": "255"}, "max_tokens", "from 256 to 8,192"),
    ({"max_tokens": "8193"}, "max_tokens", "from 256 to 8,192"),
    ({"max_tokens": "many"}, "max_tokens", "whole number"),
]
every_bad_value = pytest.mark.parametrize(("fields", "name", "sentence"), BAD)


@pytest.fixture
def plain_model(settings: Settings) -> str:
    """A model that cannot think and writes at most 500 tokens."""
    settings.CATALOG = settings.CATALOG | load_catalog(
        '[{"id": "plain", "thinking": false, "max_output": 500}]'
    )
    return "plain"


def post(client: Client, exchange: Exchange, **fields: Any) -> Any:
    return client.post(f"/c/{exchange.conversation.pk}/settings", fields, headers=JSON)


def chosen(exchange: Exchange) -> ModelSettings:
    exchange.conversation.refresh_from_db()
    return exchange.conversation.chosen


def test_all_settings_are_saved_and_announced(owner_client: Client, exchange: Exchange) -> None:
    with patch.object(events, "publish") as publish:
        response = post(owner_client, exchange, **EVERYTHING)

    assert response.status_code == 204
    assert chosen(exchange) == CHOSEN
    told = publish.call_args.kwargs["settings"]
    assert (told["instructions"], told["temperature"]) == ("Answer like a heron.", 0.3)
    assert not Defaults.objects.exists()


def test_settings_that_are_not_posted_are_kept(owner_client: Client, exchange: Exchange) -> None:
    post(owner_client, exchange, **EVERYTHING)
    post(owner_client, exchange, thinking="low")

    assert chosen(exchange) == ModelSettings(OTHER, "Answer like a heron.", "low", 0.3, None, 1000)


def test_an_empty_field_leaves_it_to_the_model(owner_client: Client, exchange: Exchange) -> None:
    post(owner_client, exchange, **EVERYTHING)
    post(owner_client, exchange, temperature="", max_tokens="", instructions=" \r\n ", thinking="")

    assert chosen(exchange) == ModelSettings(OTHER)


def test_a_new_temperature_replaces_top_p_and_vice_versa(
    owner_client: Client, exchange: Exchange
) -> None:
    post(owner_client, exchange, temperature="0.3")
    post(owner_client, exchange, top_p="0")
    assert (chosen(exchange).temperature, chosen(exchange).top_p) == (None, 0)

    post(owner_client, exchange, temperature="0")
    assert (chosen(exchange).temperature, chosen(exchange).top_p) == (0, None)


def test_instructions_may_have_20000_characters(owner_client: Client, exchange: Exchange) -> None:
    # A browser posts a line break as two characters; the person typed one.
    post(owner_client, exchange, instructions="🦩" * 19_998 + "\r\n.")

    assert chosen(exchange).instructions == "🦩" * 19_998 + "\n."


def test_settings_that_another_model_lacks_are_reset(
    owner_client: Client, exchange: Exchange, plain_model: str
) -> None:
    post(owner_client, exchange, **EVERYTHING)
    post(owner_client, exchange, model=plain_model)

    assert chosen(exchange).thinking == ""
    assert chosen(exchange).max_tokens == 500


def test_a_typed_length_is_refused_instead_of_reset(
    owner_client: Client, exchange: Exchange, plain_model: str
) -> None:
    response = post(owner_client, exchange, model=plain_model, max_tokens="501")

    assert "from 256 to 500" in response.json()["fields"]["max_tokens"]


@every_bad_value
def test_an_invalid_value_is_reported_at_its_field_and_nothing_is_saved(
    owner_client: Client, exchange: Exchange, fields: dict[str, str], name: str, sentence: str
) -> None:
    response = post(owner_client, exchange, **{"as_default": "on"} | fields)

    assert response.status_code == 422
    assert list(response.json()["fields"]) == [name]
    assert sentence in response.json()["fields"][name]
    assert response.json()["error"] == response.json()["fields"][name]
    assert chosen(exchange) == ModelSettings(MODEL)
    assert not Defaults.objects.exists()


def test_without_scripts_saving_redirects_to_the_conversation(
    owner_client: Client, exchange: Exchange
) -> None:
    url = exchange.conversation.get_absolute_url()

    response = owner_client.post(f"{url}settings", EVERYTHING)

    assert (response.status_code, response["Location"]) == (303, url)
    page = owner_client.get(f"{url}settings").content.decode()
    assert "Answer like a heron.</textarea>" in page
    assert 'name="temperature" min="0" max="1" step="any" inputmode="decimal" value="0.3"' in page


def test_without_scripts_a_refusal_keeps_the_typed_text(
    owner_client: Client, exchange: Exchange
) -> None:
    fields = EVERYTHING | {"temperature": "9", "as_default": "on"}

    response = owner_client.post(f"/c/{exchange.conversation.pk}/settings", fields)

    page = response.content.decode()
    assert response.status_code == 422
    assert "Answer like a heron.</textarea>" in page
    assert 'value="9"' in page
    assert "The temperature is a number from 0 to 1." in page
    assert 'name="as_default" checked' in page
    # The sheet is open, because nothing could open it without scripts.
    assert 'aria-labelledby="settings-heading">' in page


def test_the_settings_are_a_panel_for_scripts_and_a_page_without_them(
    owner_client: Client, exchange: Exchange
) -> None:
    for url in (f"/c/{exchange.conversation.pk}/settings", "/settings/defaults"):
        panel = owner_client.get(url, headers=JSON).content.decode()
        page = owner_client.get(url).content.decode()

        assert re.search(r'class="panel"\s+popover\s', panel)
        assert "<html" not in panel
        assert re.search(r'class="panel"\s+data-saved', page)  # open
        assert 'name="text"' in page
        assert f'<form action="{url}"><button' in page


def test_reset_shows_the_defaults_of_the_app_and_saves_nothing(
    owner_client: Client, exchange: Exchange
) -> None:
    post(owner_client, exchange, **EVERYTHING)

    response = owner_client.post(
        f"/c/{exchange.conversation.pk}/settings", EVERYTHING | {"reset": "1"}
    )

    assert response.status_code == 200
    assert "Answer like a heron." not in response.content.decode()
    assert chosen(exchange) == CHOSEN


@pytest.mark.parametrize("reset", [{}, {"reset": "1"}])
def test_a_member_gets_404(
    member_client: Client, exchange: Exchange, reset: dict[str, str]
) -> None:
    response = post(member_client, exchange, **EVERYTHING, **reset)

    assert response.status_code == 404
    assert chosen(exchange) == ModelSettings(MODEL)


def test_changes_from_two_tabs_are_both_kept(owner: Person, exchange: Exchange) -> None:
    both_have_read = threading.Barrier(2)
    choose = Conversation.choose

    def choose_late(conversation: Conversation, wanted: ModelSettings) -> None:
        # When the row is locked the other request waits, and the first continues alone.
        with suppress(threading.BrokenBarrierError):
            both_have_read.wait(timeout=0.5)
        choose(conversation, wanted)

    def change(**fields: str) -> None:
        client = Client()
        client.force_login(owner)
        post(client, exchange, **fields)
        connection.close()

    threads = [
        threading.Thread(target=change, kwargs={"thinking": "low"}),
        threading.Thread(target=change, kwargs={"temperature": "0.5"}),
    ]
    with patch.object(Conversation, "choose", choose_late):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert chosen(exchange) == ModelSettings(MODEL, "", "low", 0.5)


def test_the_next_message_shows_the_changed_settings(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    post(owner_client, exchange, **EVERYTHING)

    added = add_exchange(owner, new_message("And?", exchange.conversation.pk, model=OTHER))

    assert added.message.changes == {"model": OTHER, "instructions": CHOSEN.instructions_digest}
    complete(added.reply)
    again = add_exchange(owner, new_message("And?", exchange.conversation.pk, model=OTHER))
    assert again.message.changes == {}


def test_settings_become_the_persons_defaults_on_request(
    owner_client: Client, owner: Person, member: Person, exchange: Exchange
) -> None:
    post(owner_client, exchange, **EVERYTHING, as_default="on")

    assert Defaults.objects.of(owner) == CHOSEN
    assert Defaults.objects.of(member) == ModelSettings(MODEL)
    page = owner_client.get("/settings/defaults").content.decode()
    assert "Answer like a heron.</textarea>" in page


def test_saving_defaults_includes_the_unchanged_settings(
    owner_client: Client, owner: Person, exchange: Exchange
) -> None:
    post(owner_client, exchange, **EVERYTHING)
    post(owner_client, exchange, thinking="low", as_default="on")

    assert Defaults.objects.of(owner) == chosen(exchange)
