"""Every call to the service is one row, with what it used and what that costs."""

import asyncio
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Exchange, Message
from chatapp.inference import Finished, ReasoningDelta, TextDelta, Usage, Waiting
from chatapp.inference.errors import Interrupted, Unreachable
from chatapp.replies import commands, model_calls
from chatapp.replies.accounting import CallUsage, NewCall, ledger
from chatapp.replies.prompt.building import reply_prompt
from chatapp.spending.models import ModelCall
from tests.spending.conftest import IN, OUT, calls_of
from tests.support.replies import answering, decided, ended, made, new_message
from tests.support.tool_kit import Kit, call, script

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

CALLED = Finished("tool_calls")
END = Finished("stop")


async def rows(exchange: Exchange) -> list[ModelCall]:
    return await background.in_thread(calls_of, exchange)


async def check_sums(exchange: Exchange) -> list[ModelCall]:
    """Return the rows of a reply, whose sums are what the reply's row has."""
    found = await rows(exchange)
    reply = await Message.objects.aget(pk=exchange.reply.pk)
    assert sum(row.input_tokens for row in found) == (reply.prompt_tokens or 0)
    assert sum(row.output_tokens for row in found) == (reply.completion_tokens or 0)
    assert any(row.is_estimated for row in found) == reply.usage_is_estimated
    assert "running" not in {row.state for row in found}
    return found


async def test_a_reply_is_one_row_with_its_cost(running: Exchange, owner: Person) -> None:
    with answering(TextDelta("Hello."), Usage(100, 10, 40, 4), END):
        await made(running)

    (row,) = await check_sums(running)
    assert (row.purpose, row.state, row.person_id) == ("reply", "ended", owner.pk)
    assert (row.conversation_id, row.reply_id) == (running.conversation.pk, running.reply.pk)
    assert (row.cached_tokens, row.thinking_tokens) == (40, 4)
    assert row.cost == 100 * IN + 10 * OUT
    assert (row.input_price, row.output_price) == (3_000_000, 15_000_000)
    assert row.price_version == "2026-02-17"
    assert row.reserved > row.cost
    assert row.ended_at


async def test_the_row_is_there_while_the_call_is_made(running: Exchange) -> None:
    states = []

    async def look(_request: Any) -> None:
        states.extend([row.state for row in await rows(running)])

    with answering(look, TextDelta("Hello."), Usage(100, 10), END):
        await made(running)

    assert states[0] == "running"  # and later, for the title, it has ended


async def test_the_rounds_of_tools_are_rows_of_their_own(running: Exchange, kit: Kit) -> None:
    turns = [*call("look"), Usage(100, 10), CALLED], [TextDelta("Done."), Usage(150, 20), END]
    with answering(script(*turns)):
        await made(running)

    first, second = await check_sums(running)
    assert (first.purpose, first.cost) == ("reply", 100 * IN + 10 * OUT)
    assert (second.purpose, second.cost) == ("tool_round", 150 * IN + 20 * OUT)


async def test_a_round_is_settled_before_approval_is_awaited(running: Exchange, kit: Kit) -> None:
    with answering(script([*call("act"), Usage(100, 10), CALLED])):
        await made(running)
    await check_sums(running)

    await decided(running, "allow")
    with answering(script([TextDelta("Done."), Usage(150, 20), END])):
        await made(running)

    assert [row.input_tokens for row in await check_sums(running)] == [100, 150]


async def test_a_call_without_a_report_is_estimated(running: Exchange) -> None:
    with answering(ReasoningDelta("Hm."), TextDelta("Hello."), END):
        await made(running)

    (row,) = await check_sums(running)
    assert row.is_estimated
    assert row.cost == row.input_tokens * IN + row.output_tokens * OUT > 0


async def test_a_call_without_output_costs_nothing(running: Exchange) -> None:
    with answering(Waiting(0, "busy"), Unreachable()):
        assert (await made(running)).status == "failed"

    (row,) = await check_sums(running)
    assert (row.state, row.input_tokens, row.cost) == ("ended", 0, 0)


async def test_an_interrupted_stream_and_the_rest_are_two_rows(running: Exchange) -> None:
    turns = [[TextDelta("One, "), Interrupted()], [TextDelta("two."), Usage(120, 3), END]]
    with answering(lambda _request: turns.pop(0)):
        await made(running)

    first, second = await check_sums(running)
    assert (first.is_estimated, second.is_estimated) == (True, False)
    assert (first.text_before, second.text_before) == (0, len("One, "))


async def test_a_stopped_reply_counts_what_was_written(running: Exchange) -> None:
    async def stop(_request: Any) -> None:
        background.cancel(f"stream:{running.reply.pk}:1")
        await asyncio.sleep(0)

    with answering(TextDelta("Half an ans"), stop, TextDelta("wer."), END):
        assert (await made(running)).status == "stopped"

    (row,) = await check_sums(running)
    assert row.is_estimated


async def test_a_title_is_a_row(owner: Person) -> None:
    said = (TextDelta("Hello."), Usage(100, 10), END)
    with answering(*said):
        exchange, _html = await commands.send(owner, new_message())
        await asyncio.wait(background.running("reply:"))
        await ended([f"title:{exchange.conversation.pk}"])

    title = await ModelCall.objects.aget(purpose="title")
    assert (title.state, title.cost, title.person_id) == ("ended", 450, owner.pk)
    assert (title.conversation_id, title.reply_id) == (exchange.conversation.pk, None)


async def test_a_refused_title_costs_nothing(owner: Person) -> None:
    def answer(request: Any) -> Any:
        return [TextDelta("Hello."), END] if request.tools else Unreachable()

    with answering(answer):
        exchange, _html = await commands.send(owner, new_message())
        await asyncio.wait(background.running("reply:"))
        await ended([f"title:{exchange.conversation.pk}"])

    assert (await ModelCall.objects.aget(purpose="title")).cost == 0


async def test_a_call_that_was_begun_and_never_sent_costs_nothing(running: Exchange) -> None:
    async def stream(*_arguments: Any) -> None:
        raise ValueError("before anything was asked")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("chatapp.replies.generation.stream", stream)
        await made(running)

    (row,) = await check_sums(running)
    assert (row.state, row.cost) == ("ended", 0)


async def test_a_call_recorded_while_the_reply_is_stopped_costs_nothing(
    running: Exchange, request_of: Callable[..., NewCall], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else would know of it: the reply's end doesn't."""
    begun, may_go_on = threading.Event(), threading.Event()

    def slow(_prompt: Any) -> Any:
        recorded = ledger().begin(request_of(running))
        begun.set()
        may_go_on.wait(5)
        return recorded

    task = asyncio.ensure_future(model_calls.recorded(slow, None))
    await asyncio.to_thread(begun.wait, 5)
    task.cancel()
    await asyncio.sleep(0)
    may_go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert [(row.state, row.cost) for row in await rows(running)] == [("ended", 0)]


def test_a_settled_call_stays_as_it_is(running: Exchange, request_of: Callable[..., Any]) -> None:
    begun = ledger().begin(request_of(running))
    ledger().settle([(begun, CallUsage(10, 1))])
    ledger().settle([(begun, CallUsage(99, 9))])

    assert [row.input_tokens for row in calls_of(running)] == [10]


def test_more_cached_than_read_is_nonsense(
    running: Exchange, request_of: Callable[..., Any]
) -> None:
    begun = ledger().begin(request_of(running))
    ledger().settle([(begun, CallUsage(10, 1, 50, 60))])

    (row,) = calls_of(running)
    assert (row.cached_tokens, row.thinking_tokens) == (10, 1)


async def test_a_copy_of_a_conversation_costs_nothing(running: Exchange) -> None:
    with answering(TextDelta("Hello."), Usage(100, 10), END):
        await made(running)
        await ended([f"title:{running.conversation.pk}"])
    count = await ModelCall.objects.acount()
    reply = await Message.objects.select_related("conversation").aget(pk=running.reply.pk)

    copy = await commands.branch_off(reply, uuid.uuid4())

    copied = await copy.messages.aget(role="assistant")
    assert copied.prompt_tokens == 100
    assert await ModelCall.objects.acount() == count


def test_the_ledger_outlives_conversation_and_person(
    owner_client: Client, running: Exchange, request_of: Callable[..., Any]
) -> None:
    ledger().begin(request_of(running))

    running.conversation.owner.delete()

    row = ModelCall.objects.get()
    assert (row.person, row.reply_id) == (None, running.reply.pk)


@pytest.fixture
def request_of() -> Callable[..., NewCall]:
    def new(exchange: Exchange) -> NewCall:
        reply = exchange.reply
        request = reply_prompt(reply).request
        return NewCall("reply", request, conversation=reply.conversation, reply_id=reply.pk)

    return new
