"""After the end of a model its chats go on with another one and say so once."""

import re
import uuid
from dataclasses import replace

import pytest
from django.test import Client
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Defaults,
    FinalState,
    ModelSettings,
    add_exchange,
)
from chatapp.conversations.models.model_choice import find_for, models_for
from chatapp.inference import Service
from chatapp.inference.catalog import load_catalog
from chatapp.inference.listing import ListedModel
from tests.retirement.conftest import NEW, OLD, Know, retired
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)

SONNET = "claude-sonnet-4-6"
SENTENCE = "Claude Sonnet 4.6 answered instead"


@pytest.fixture(autouse=True)
def _catalogue(settings: Settings) -> None:
    settings.CATALOG = load_catalog(None, OLD)
    settings.SERVICE = Service("heroku", "https://us.inference.heroku.com", "inf-1")


@pytest.fixture
def chat(owner: Person) -> Conversation:
    exchange = add_exchange(owner, new_message(model=OLD))
    complete(exchange.reply)
    return exchange.conversation


def send(client: Client, chat: Conversation) -> str:
    fields = {"client_id": str(uuid.uuid4()), "text": "More", "model": OLD}
    client.post(f"/c/{chat.pk}/messages", fields)
    reply = chat.branch.last()
    reply.finish(FinalState("complete", replace(reply.progress, text="A reply.")))
    return f"{reply.model} {' '.join(reply.notice_lines)}"


@pytest.mark.usefixtures("no_reply")
def test_a_chat_goes_on_with_the_replacement_and_says_so_once(
    owner_client: Client, chat: Conversation, know: Know
) -> None:
    know(retired(), ListedModel(NEW))

    first, second = send(owner_client, chat), send(owner_client, chat)

    assert first.startswith(SONNET)
    assert SENTENCE in first
    assert second.strip() == SONNET


@pytest.mark.usefixtures("no_reply")
def test_a_model_that_the_person_chose_is_no_replacement(
    owner: Person, chat: Conversation, know: Know
) -> None:
    know(ListedModel(OLD))
    exchange = add_exchange(owner, new_message(conversation=chat.pk, model=SONNET))

    assert exchange.reply.notices == {}


def test_a_failed_reply_is_retried_with_the_replacement(
    owner: Person, know: Know, settings: Settings
) -> None:
    exchange = add_exchange(owner, new_message(model=OLD))
    exchange.reply.close("failed", "It failed.")
    know(retired(), ListedModel(NEW))

    new = exchange.reply.retry()

    assert new is not None
    assert new.model == SONNET
    assert SENTENCE in " ".join(new.notice_lines)


def test_new_chats_do_not_offer_it(owner: Person, owner_client: Client, know: Know) -> None:
    Defaults.objects.store(owner, ModelSettings(OLD))
    before = owner_client.get("/").text
    know(retired(), ListedModel(NEW))
    after = owner_client.get("/").text

    assert f'value="{OLD}"' in before
    assert f'value="{OLD}"' not in after
    assert Defaults.objects.of(owner).model == SONNET


def test_the_end_is_announced_to_the_owner_and_marked_for_everybody(
    owner_client: Client, member_client: Client, know: Know
) -> None:
    know(retired(days=20), ListedModel(NEW))

    seen_by_owner, seen_by_member = owner_client.get("/").text, member_client.get("/").text

    assert "Claude Sonnet 4.5 is retired on" in seen_by_owner
    assert "Chats continue with Claude Sonnet 4.6 then." in seen_by_owner
    assert "is retired on" not in seen_by_member
    assert len(re.findall(r"Sonnet 4\.5\s+until \d+ \w+", seen_by_member)) == 1
    assert "Retired on" in member_client.get("/settings/defaults").text


def test_a_guest_goes_on_with_the_replacement_of_their_model(know: Know) -> None:
    guest = Person.objects.create_user(
        "guest@example.com", "x", assigned_role="guest", allowed_models=[OLD]
    )
    know(retired(), ListedModel(NEW))

    assert list(models_for(guest)) == [SONNET]
    found = find_for(guest, OLD)
    assert found is not None
    assert found.id == SONNET
