"""What a reply cost, in the line of details behind it."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import Finished, TextDelta, Usage
from chatapp.inference.errors import Interrupted
from chatapp.spending.models import ModelCall
from chatapp.spending.models.model_call import Purpose
from chatapp.spending.reply_costs import costs_of
from tests.spending.calls import call, store
from tests.support.replies import answering, made
from tests.support.tool_kit import call as tool_call
from tests.support.tool_kit import script


def test_the_turns_of_a_reply_are_one_price(owner: Person) -> None:
    reply = uuid4()
    store(
        call(owner, 10_400, reply_id=reply),
        call(owner, 2_000, reply_id=reply, purpose=Purpose.TOOL_ROUND),
        call(owner, 900, reply_id=reply, purpose=Purpose.TITLE),
        call(owner, 5, reply_id=uuid4()),
    )

    assert costs_of([reply, uuid4()]) == {reply: "$0.012"}


def test_an_estimate_is_marked_and_an_unknown_price_is_no_price(owner: Person) -> None:
    estimated, unknown, running, free = uuid4(), uuid4(), uuid4(), uuid4()
    store(
        call(owner, 10_000, reply_id=estimated),
        call(owner, 10_000, reply_id=estimated, is_estimated=True),
        call(owner, 10_000, reply_id=unknown),
        call(owner, None, reply_id=unknown),
        call(owner, None, reply_id=running, state=ModelCall.State.RUNNING),
        call(owner, 0, reply_id=free),
    )

    assert costs_of([estimated, unknown, running, free]) == {estimated: "about $0.020"}


@pytest.mark.django_db(transaction=True)
def test_the_conversation_and_the_end_of_a_reply_show_it(
    owner_client: Client, owner: Person, exchange: Exchange, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(call(owner, 12_400, reply_id=exchange.reply.pk))
    published: list[str] = []
    monkeypatch.setattr(events, "publish", lambda *_args, html, **_more: published.append(html))

    exchange.reply.refresh_from_db()
    events.message_finished(owner.pk, exchange.reply)

    assert "<span>$0.012</span>" in owner_client.get(exchange.conversation.get_absolute_url()).text
    assert "<span>$0.012</span>" in published[0]


CALLED, END = Finished("tool_calls"), Finished("stop")
HALF, REST, USED = TextDelta("Half, "), TextDelta("the rest."), Usage(9_000, 900)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("no_service", "kit")
@pytest.mark.parametrize(
    ("turns", "attempt", "price"),
    [
        ([[HALF, USED, END]], 0, "$0.041"),
        ([[HALF, USED, Interrupted()], [REST, USED, END]], 0, "$0.081"),
        ([[HALF, *tool_call("look"), USED, CALLED], [REST, USED, END]], 0, "$0.081"),
        ([[HALF, USED, END]], 1, "$0.054"),
    ],
    ids=["one call", "interrupted", "tool calls", "a second attempt"],
)
async def test_the_end_of_a_reply_shows_all_that_it_cost(
    running: Exchange, monkeypatch: pytest.MonkeyPatch, turns: Any, attempt: int, price: str
) -> None:
    reply = running.reply.pk
    if attempt:
        await background.in_thread(store, call(running.conversation.owner, 13_000, reply_id=reply))
        await Message.objects.filter(pk=reply).aupdate(attempt=attempt)
    published: list[str] = []
    publish = events.publish

    def finish(person_id: UUID, name: str, **fields: Any) -> None:
        if name == "message.finished":
            published.append(fields["html"])
        publish(person_id, name, **fields)

    monkeypatch.setattr(events, "publish", finish)
    with answering(script(*turns)):
        await made(running)

    assert await background.in_thread(costs_of, [reply]) == {reply: price}
    assert [f"<span>{price}</span>" in html for html in published] == [True]


def test_a_conversation_asks_once_for_all_its_replies(
    owner_client: Client, exchange: Exchange
) -> None:
    with CaptureQueriesContext(connection) as queries:
        owner_client.get(exchange.conversation.get_absolute_url())

    assert sum("spending_modelcall" in query["sql"] for query in queries) == 1
