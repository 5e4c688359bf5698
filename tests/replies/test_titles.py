"""Titles by the model are cleaned and short, and never replace a title that a person typed."""

import pytest

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, add_exchange
from chatapp.replies import titles
from tests.support.replies import complete, new_message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.usefixtures("no_service")
async def test_without_a_title_the_first_words_remain(exchange: Exchange) -> None:
    await titles.suggest(exchange.reply)

    conversation = await Conversation.objects.aget()
    assert (conversation.title, conversation.titled_by) == ("Hello", "nobody")


@pytest.mark.usefixtures("demo")
async def test_a_title_typed_meanwhile_is_kept(exchange: Exchange) -> None:
    conversation = exchange.conversation
    conversation.titled_by = Conversation.TitledBy.PERSON
    conversation.title = "Mine"
    await conversation.asave()

    await titles.suggest(exchange.reply)

    assert (await Conversation.objects.aget()).title == "Mine"


async def test_a_later_exchange_requests_no_title(exchange: Exchange) -> None:
    exchange.reply.position = 3

    await background.in_thread(titles.start_after, exchange.reply)

    assert background.find(f"title:{exchange.conversation.pk}") is None


def test_an_image_without_text_keeps_the_default_title(owner: Person) -> None:
    added = add_exchange(owner, new_message(""))
    complete(added.reply)

    assert added.conversation.display_title == "New chat"
    assert titles._request(added.reply) is None
