"""What the model reads of a conversation with versions: only the branch that leads to its reply."""

import json
import uuid
from dataclasses import replace
from typing import Any
from unittest.mock import patch

import pytest
from asgiref.sync import sync_to_async

from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message, NewVersion, add_exchange, branches
from chatapp.inference import CompletionRequest
from chatapp.replies import generation
from chatapp.replies.prompt import history
from chatapp.replies.prompt.building import reply_prompt
from chatapp.replies.prompt.turns import VARIATIONS
from tests.support.replies import MODEL, complete, new_message


def asked(reply: Message) -> list[str]:
    return [message.text for message in reply_prompt(reply).request.messages[1:]]


def sent(request: CompletionRequest) -> str:
    """Return the messages as one text, to compare beginnings."""
    return json.dumps([(message.role, message.text) for message in request.messages])


def edited(exchange: Exchange, text: str) -> Exchange:
    new = replace(new_message(text, exchange.conversation.pk), replaces=exchange.message.pk)
    return add_exchange(exchange.conversation.owner, new)


def second(exchange: Exchange) -> Exchange:
    return add_exchange(exchange.conversation.owner, new_message("And?", exchange.conversation.pk))


def test_the_model_reads_no_branch_that_isnt_shown(exchange: Exchange) -> None:
    later = second(exchange)
    complete(later.reply)
    new = edited(exchange, "Good evening")
    assert asked(new.reply) == ["Good evening"]

    complete(new.reply, "Good night.")
    exchange.message.show()
    assert asked(later.reply)[:3] == ["Hello", "A reply.", "And?"]


def test_a_reply_on_a_hidden_branch_goes_on_with_its_own(exchange: Exchange) -> None:
    running = second(exchange)
    Message.objects.filter(pk=exchange.reply.pk).update(on_branch=False)
    Message.objects.filter(pk=running.message.pk).update(on_branch=False)
    Message.objects.filter(pk=running.reply.pk).update(on_branch=False)
    other = Message.queued_reply(
        exchange.conversation, exchange.message, exchange.conversation.chosen
    )
    other.save()
    complete(other, "Another")

    assert asked(running.reply) == ["Hello", "A reply.", "And?"]


def test_a_switch_while_the_messages_are_read_is_noticed(exchange: Exchange) -> None:
    running = second(exchange)
    new, reads = NewVersion(uuid.uuid4(), MODEL), []
    newest = history._newest

    def switching(*args: Any) -> history.History:
        if not reads:
            Message.objects.filter(pk=running.reply.pk).update(status="stopped")
            exchange.reply.regenerate(new)
        reads.append(newest(*args))
        return reads[-1]

    with patch.object(history, "_newest", switching):
        assert asked(running.reply) == ["Hello", "A reply.", "And?"]
    assert len(reads) == 2


def test_an_edit_of_the_last_message_keeps_the_beginning_of_the_request(
    exchange: Exchange,
) -> None:
    last = second(exchange)
    before = sent(reply_prompt(last.reply).request)
    complete(last.reply)

    after = sent(reply_prompt(edited(last, "And then?").reply).request)

    same = before.removesuffix('["user", "And?"]]')
    assert same != before
    assert after == f'{same}["user", "And then?"]]'


@pytest.mark.parametrize("variation", VARIATIONS)
def test_a_variation_is_only_in_the_last_message_of_its_own_request(
    owner: Person, exchange: Exchange, variation: str
) -> None:
    new, _created = exchange.reply.regenerate(NewVersion(uuid.uuid4(), MODEL, variation=variation))

    assert asked(new) == [f"{VARIATIONS[variation]}\n\nHello"]
    complete(new, "Differently")
    assert asked(second(exchange).reply) == ["Hello", "Differently", "And?"]


@pytest.mark.django_db(transaction=True)
async def test_a_hidden_reply_is_made_to_its_end(demo: None, owner: Person) -> None:
    exchange = await sync_to_async(add_exchange)(owner, new_message("/echo hidden"))
    other = Message.queued_reply(
        exchange.conversation, exchange.message, exchange.conversation.chosen
    )
    await sync_to_async(branches.replace)(exchange.reply, other)
    await other.asave()

    await generation.generate(exchange.reply)

    hidden = await Message.objects.aget(pk=exchange.reply.pk)
    assert (hidden.text, hidden.status, hidden.has_news) == ("hidden", "complete", True)
