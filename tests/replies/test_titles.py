"""Titles by the model are cleaned and short, and never replace a title that a person typed."""

import asyncio
import uuid

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, add_exchange
from chatapp.inference import Finished, TextDelta
from chatapp.replies import commands, titles
from tests.support.replies import answering, complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


async def suggested(exchange: Exchange) -> None:
    request = await background.in_thread(titles.title_request, exchange.reply)
    assert request
    await titles.suggest(exchange.conversation, request)


@pytest.mark.usefixtures("no_service")
async def test_without_a_title_the_first_words_remain(exchange: Exchange) -> None:
    await suggested(exchange)

    conversation = await Conversation.objects.aget()
    assert (conversation.title, conversation.titled_by) == ("Hello", "nobody")


@pytest.mark.usefixtures("demo")
async def test_a_title_typed_meanwhile_is_kept(exchange: Exchange) -> None:
    conversation = exchange.conversation
    conversation.titled_by = Conversation.TitledBy.PERSON
    conversation.title = "Mine"
    request = await background.in_thread(titles.title_request, exchange.reply)
    assert request
    await conversation.asave()

    await titles.suggest(conversation, request)

    assert (await Conversation.objects.aget()).title == "Mine"


async def test_a_later_exchange_requests_no_title(exchange: Exchange) -> None:
    exchange.reply.position = 3

    await background.in_thread(titles.start_after, exchange.reply)

    assert background.find(f"title:{exchange.conversation.pk}") is None


def test_an_image_without_text_keeps_the_default_title(owner: Person) -> None:
    added = add_exchange(owner, new_message(""))
    complete(added.reply)

    assert added.conversation.display_title == "New chat"
    assert titles.title_request(added.reply) is None


@pytest.mark.usefixtures("no_service")
async def test_a_title_waits_while_a_message_is_stored(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "PAUSE_SECONDS", 0.01)
    stored = asyncio.Event()
    background.spawn(f"{commands.SENDING}somebody", stored.wait())
    with answering(TextDelta("A heron"), Finished("stop")):
        title = asyncio.create_task(suggested(exchange))
        await asyncio.wait({title}, timeout=0.1)
        waiting = (await Conversation.objects.aget()).title

        stored.set()
        await title

    assert (waiting, (await Conversation.objects.aget()).title) == ("Hello", "A heron")


@pytest.mark.usefixtures("no_service")
async def test_few_titles_are_asked_for_at_once(
    exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(titles, "_asking", {uuid.uuid4() for _ in range(titles.TITLES_AT_ONCE)})
    with answering(TextDelta("A heron"), Finished("stop")):
        title = asyncio.create_task(suggested(exchange))
        await asyncio.wait({title}, timeout=0.1)
        assert not title.done()

        titles._asking.pop()
        await title

    assert (await Conversation.objects.aget()).title == "A heron"
