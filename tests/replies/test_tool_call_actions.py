"""Stop, Retry and Continue for replies with tool calls."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.conversations.message_html import message_html
from chatapp.conversations.models import Exchange, Message, State, ToolCall, decide
from chatapp.inference import Finished, TextDelta
from chatapp.inference.errors import ServiceFailed
from chatapp.replies import generation, stopping
from tests.support.replies import answering, decided, made, outcome
from tests.support.tool_kit import (
    ANSWER,
    Kit,
    add_tool_call,
    call,
    die,
    results,
    script,
    tool_calls,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

CALLED = Finished("tool_calls")
FAILURE = ServiceFailed(retryable=False)


async def stopped_while(exchange: Exchange, what_waits: Callable[[], Any]) -> Message:
    """Begin the reply, and stop it once something has happened."""
    generation.start(exchange.reply)
    async with asyncio.timeout(5):
        await what_waits()
    await stopping.stop(await outcome(exchange))
    await asyncio.wait(background.running("reply:"))
    return await outcome(exchange)


async def resumed(exchange: Exchange) -> Message:
    """Resume the reply as the button Continue does."""
    assert await background.in_thread((await outcome(exchange)).resume)
    return await made(exchange)


async def failed_after_acting(exchange: Exchange, kit: Kit) -> Message:
    """Return a reply that failed in the service after its call had acted."""
    with answering(script([*call("act", "it"), CALLED])):
        await made(exchange)
    await decided(exchange, "allow")
    with answering(script([FAILURE])):
        reply = await made(exchange)
    assert (reply.status, kit.ran) == ("failed", ["act it"])
    return reply


async def test_retry_after_a_failure_needs_approval_before_it_acts(
    running: Exchange, kit: Kit
) -> None:
    reply = await failed_after_acting(running, kit)

    new = await background.in_thread(reply.retry)
    assert new
    with answering(script([*call("act", "it"), CALLED])):
        await generation.generate(new)
    await new.arefresh_from_db()

    assert (new.status, kit.ran) == ("waiting", ["act it"])
    assert [tool_call.state async for tool_call in new.tool_calls.all()] == ["awaiting_approval"]


async def test_continue_after_a_failure_does_not_act_again(running: Exchange, kit: Kit) -> None:
    reply = await failed_after_acting(running, kit)
    assert reply.text == ""
    say = script(ANSWER)
    with answering(say):
        reply = await resumed(running)

    assert (reply.status, reply.text) == ("complete", "It is done.")
    assert kit.ran == ["act it"]
    assert results(say.asked[0]) == ['{"result":"it"}']


async def test_continue_resumes_in_the_second_round(running: Exchange, kit: Kit) -> None:
    broken = [TextDelta("It is "), FAILURE]
    with answering(script([TextDelta("Look."), *call("look", "up"), CALLED], broken)):
        reply = await made(running)
    assert (reply.status, reply.text) == ("failed", "Look.\n\nIt is ")
    with answering(script([TextDelta("done.")])):
        reply = await resumed(running)

    assert (reply.status, reply.text) == ("complete", "Look.\n\nIt is done.")
    assert kit.ran == ["look up"]


async def test_a_call_that_stop_interrupted_is_shown_as_interrupted(
    running: Exchange, kit: Kit
) -> None:
    kit.gate = asyncio.Event()
    turn = [*call("look", "one"), *call("look", "two", 2), CALLED]
    with answering(script(turn)):
        reply = await stopped_while(running, kit.two_run.wait)

    html = await background.in_thread(message_html, reply)

    assert reply.status == "stopped"
    assert html.count('data-state="interrupted"') == 2
    assert html.count("Interrupted") == 2


async def test_continue_asks_about_a_call_that_stop_interrupted(
    running: Exchange, kit: Kit
) -> None:
    await die(running, status="stopped")
    await add_tool_call(running, "act", State.RUNNING)
    with answering(ValueError("must not be asked")):
        reply = await resumed(running)

    assert (reply.status, await tool_calls(running)) == ("waiting", [("act", "unknown")])
    assert kit.ran == []


async def test_continue_asks_again_what_stop_left_undecided(running: Exchange, kit: Kit) -> None:
    with answering(script([*call("act"), CALLED])):
        await made(running)
    await stopping.stop(await outcome(running))
    with answering(ValueError("must not be asked")):
        reply = await resumed(running)

    assert (reply.status, await tool_calls(running)) == ("waiting", [("act", "awaiting_approval")])


async def test_stop_applies_when_the_reply_begins_to_wait(running: Exchange, kit: Kit) -> None:
    await die(running, stop_requested_at=timezone.now())
    await add_tool_call(running, "act", State.AWAITING_APPROVAL)
    with answering(ValueError("must not be asked")):
        reply = await made(running)

    assert (reply.status, reply.leased_until) == ("stopped", None)


async def test_stop_applies_when_a_decision_arrives_meanwhile(
    running: Exchange, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    with answering(script([*call("act"), CALLED])):
        waiting = await made(running)
    tool_call = await ToolCall.objects.aget(reply=waiting)
    request_stop = Message.request_stop

    def request_before_decision(reply: Message) -> bool:
        monkeypatch.setattr(Message, "request_stop", request_stop)
        is_requested = reply.request_stop()
        assert decide(Message.objects.get(pk=reply.pk), tool_call.pk, "allow")
        return is_requested

    monkeypatch.setattr(Message, "request_stop", request_before_decision)
    await stopping.stop(waiting)
    with answering(ValueError("must not be asked")):
        reply = await made(running)

    assert reply.status == "stopped"
    assert kit.ran == []
