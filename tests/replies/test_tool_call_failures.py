"""Failures between a reply and its tools: the model gets an error, the person sees it, and nothing
that acted acts again without approval."""

import asyncio
from functools import partial
from typing import Any

import pytest

from chatapp import background
from chatapp.conversations.models import MAX_ROUNDS, Exchange, State, ToolCall, decide
from chatapp.inference import Finished, TextDelta
from chatapp.inference.errors import Interrupted, ServiceFailed
from chatapp.tools import runner as running_tools
from tests.support.replies import answering, decided, made
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


async def test_a_call_that_takes_too_long_is_ended(
    running: Exchange, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.gate = asyncio.Event()
    monkeypatch.setattr(running_tools, "run", partial(running_tools.run, seconds=0.05))
    say = script([*call("look"), CALLED], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, await tool_calls(running)) == ("complete", [("look", "failed")])
    assert "longer than 0.05 seconds" in results(say.asked[1])[0]


@pytest.mark.parametrize("rubbish", [RuntimeError("no"), "no output", object(), {"a": {1, 2}}])
async def test_a_failing_tool_is_reported_to_the_model(
    running: Exchange, kit: Kit, rubbish: Any
) -> None:
    kit.gives = rubbish
    say = script([*call("look"), CALLED], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, await tool_calls(running)) == ("complete", [("look", "failed")])
    assert results(say.asked[1]) == ['{"error":"This tool failed. It may work with other input."}']


async def test_a_failing_call_does_not_affect_another(running: Exchange, kit: Kit) -> None:
    say = script([*call("look", "up"), *call("fly", "off", 2), CALLED], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, kit.ran) == ("complete", ["look up"])
    assert await tool_calls(running) == [("look", "done"), ("fly", "failed")]


async def test_a_model_that_calls_instead_of_answering_gets_no_further_turn(
    running: Exchange, kit: Kit
) -> None:
    turns = [[*call("look", str(n), n), CALLED] for n in range(MAX_ROUNDS + 2)]
    say = script(*turns)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.error) == ("failed", "The model sent an empty answer.")
    assert len(say.asked) == MAX_ROUNDS + 2  # once more, because the answer was empty
    assert len(kit.ran) == MAX_ROUNDS


async def test_an_interrupted_answer_is_resumed(running: Exchange, kit: Kit) -> None:
    cut = [TextDelta("It is "), Interrupted()]
    say = script([TextDelta("Look."), *call("look", "up"), CALLED], cut, [TextDelta("done.")])
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "Look.\n\nIt is done.")
    assert kit.ran == ["look up"]
    assert [request.is_continuation for request in say.asked] == [False, False, True]


async def test_calls_of_an_interrupted_stream_are_requested_again(
    running: Exchange, kit: Kit
) -> None:
    cut = [TextDelta("Look."), *call("act", "half"), Interrupted()]
    with answering(script(cut, [*call("look", "up"), CALLED], ANSWER)):
        reply = await made(running)

    assert (reply.status, kit.ran) == ("complete", ["look up"])


async def test_a_decision_counts_only_for_the_attempt_that_asked(
    running: Exchange, kit: Kit
) -> None:
    with answering(script([*call("act"), CALLED])):
        first = await made(running)
    await decided(running, "allow")
    await die(running, attempt=5)
    tool_call = await ToolCall.objects.aget(reply=running.reply)
    await ToolCall.objects.aupdate(state=State.RUNNING)
    await made(running)

    late = await background.in_thread(decide, first, tool_call.pk, "allow", first.attempt)

    assert not late
    assert await tool_calls(running) == [("act", "unknown")]


async def test_the_model_learns_that_a_denied_call_may_have_acted(
    running: Exchange, kit: Kit
) -> None:
    await die(running)
    await add_tool_call(running, "act", State.RUNNING)
    with answering(ValueError("must not be asked")):
        await made(running)
    await decided(running, "deny")
    say = script(ANSWER)
    with answering(say):
        reply = await made(running)

    tool_call = await ToolCall.objects.aget(reply=running.reply)
    assert (reply.status, tool_call.state, kit.ran) == ("complete", "denied", [])
    assert tool_call.error == "It may have run. It was not run again."
    assert "may have been carried out" in results(say.asked[0])[0]


async def test_reasoning_before_a_call_survives_the_process(running: Exchange, kit: Kit) -> None:
    await die(running, reasoning="First I look.", thought_seconds=2.0)
    await add_tool_call(running, "look", State.DONE, content='{"result":"x"}')
    with answering(script(ANSWER)):
        reply = await made(running)

    assert (reply.reasoning, reply.thought_seconds) == ("First I look.", 2.0)
