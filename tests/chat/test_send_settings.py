"""POST /c/<id>/messages: the settings that are sent with a message."""

import uuid
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client
from django.utils.datastructures import MultiValueDict
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.chat.forms.send import SendForm
from chatapp.conversations.models import (
    Conversation,
    Defaults,
    Exchange,
    Message,
    ModelSettings,
)
from chatapp.inference.catalog import load_catalog
from tests.support.replies import MODEL

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]
JSON = {"accept": "application/json"}
OTHER = "claude-4-5-sonnet"


def send(client: Client, conversation: Any = None, **fields: Any) -> Any:
    fields = {"client_id": uuid.uuid4(), **fields}
    return client.post(f"/c/{conversation or uuid.uuid4()}/messages", fields, headers=JSON)


def test_a_first_message_sets_all_settings(owner_client: Client, owner: Person) -> None:
    send(owner_client, text="Hello", instructions="Be brief.", temperature="0.2", max_tokens="300")

    conversation = Conversation.objects.get()
    assert conversation.chosen == ModelSettings(MODEL, "Be brief.", "", 0.2, None, 300)
    assert not Defaults.objects.exists()


def test_a_later_message_sets_only_model_and_thinking(
    owner_client: Client, exchange: Exchange
) -> None:
    fields = {"model": OTHER, "thinking": "low", "instructions": "Ignored."}

    send(owner_client, exchange.conversation.pk, text="And?", **fields)

    exchange.conversation.refresh_from_db()
    assert exchange.conversation.chosen == ModelSettings(OTHER, "", "low")


def test_a_message_without_a_model_does_not_change_it(
    owner_client: Client, exchange: Exchange
) -> None:
    exchange.conversation.choose(ModelSettings(OTHER, thinking="high"))

    send(owner_client, exchange.conversation.pk, text="And?")

    exchange.conversation.refresh_from_db()
    assert exchange.conversation.chosen == ModelSettings(OTHER, thinking="high")


def test_a_model_that_cannot_think_is_not_asked_to(
    owner_client: Client, settings: Settings
) -> None:
    settings.CATALOG = load_catalog('[{"id": "plain", "thinking": false}]')

    assert send(owner_client, text="Hello", thinking="high").status_code == 201
    assert Conversation.objects.get().chosen == ModelSettings("plain")


def test_an_invalid_setting_is_reported_at_its_field(owner_client: Client) -> None:
    response = send(owner_client, text="Hello", temperature="2")

    assert response.status_code == 422
    assert response.json() == {
        "error": "The temperature is a number from 0 to 1.",
        "fields": {"temperature": "The temperature is a number from 0 to 1."},
    }
    assert not Message.objects.exists()


def test_without_scripts_an_invalid_setting_loses_no_text(owner_client: Client) -> None:
    fields = {"client_id": uuid.uuid4(), "text": "My question", "instructions": "Be brief."}

    response = owner_client.post(f"/c/{uuid.uuid4()}/messages", fields | {"top_p": "7"})

    page = response.content.decode()
    assert response.status_code == 422
    for kept in ("My question</textarea>", "Be brief.</textarea>", 'value="7"'):
        assert kept in page


def test_without_scripts_the_first_message_can_set_the_defaults(
    owner_client: Client, owner: Person
) -> None:
    fields = {"client_id": uuid.uuid4(), "text": "Hello", "instructions": "Be brief."}

    owner_client.post(f"/c/{uuid.uuid4()}/messages", fields | {"as_default": "on"})

    assert Defaults.objects.of(owner) == ModelSettings(MODEL, "Be brief.")


def test_a_first_message_uses_the_defaults_for_other_settings(
    owner_client: Client, owner: Person
) -> None:
    Defaults.objects.store(owner, ModelSettings(OTHER, "Be brief.", "high", 0.3, None, 1000))

    send(owner_client, text="Hello", thinking="", top_p="0.2")

    started = Conversation.objects.get()
    assert started.chosen == ModelSettings(OTHER, "Be brief.", "", None, 0.2, 1000)
    assert Message.objects.get(role="assistant").model == OTHER


def test_a_page_that_begins_a_conversation_has_none_looked_for(
    owner: Person, django_assert_num_queries: Any
) -> None:
    data = QueryDict(f"client_id={uuid.uuid4()}&parent=&text=Hello")

    with django_assert_num_queries(1):  # for the person's defaults
        form = SendForm(owner, uuid.uuid4(), data, MultiValueDict())
        assert form.is_valid()
