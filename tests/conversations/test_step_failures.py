"""What goes wrong between a reply and its tools: the model is told, the person sees it, and nothing
that acted acts again without a word."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.conversations import generation, stopping
from chatapp.conversations.models import MOST_ROUNDS, Exchange, Message, State, Step, decide
from chatapp.inference import Finished, TextDelta
from chatapp.inference.errors import Interrupted, ServiceFailed
from chatapp.tools import running as running_tools
from tests.conversations.conftest import answering, decided, made, outcome
from tests.conversations.kit import (
    ANSWER,
    Kit,
    add_step,
    call,
    die,
    results,
    script,
    steps,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

CALLED = Finished("tool_calls")
FAILURE = ServiceFailed(retryable=False)


async def stopped_while(exchange: Exchange, what_waits: Callable[[], Any]) -> Message:
    """Begins the reply and stops it when something has happened."""
    generation.start(exchange.reply)
    async with asyncio.timeout(5):
        await what_waits()
    await stopping.stop(await outcome(exchange))
    await asyncio.wait(background.running("reply:"))
    return await outcome(exchange)


async def resumed(exchange: Exchange) -> Message:
    """What Continue does."""
    assert await background.in_thread((await outcome(exchange)).resume)
    return await made(exchange)


async def test_a_call_that_takes_too_long_is_ended(
    running: Exchange, kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    kit.gate = asyncio.Event()
    monkeypatch.setattr(running_tools, "run", partial(running_tools.run, seconds=0.05))
    say = script([*call("look"), CALLED], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, await steps(running)) == ("complete", [("look", "failed")])
    assert "longer than 0.05 seconds" in results(say.asked[1])[0]


@pytest.mark.parametrize("rubbish", [RuntimeError("no"), "no output", object(), {"a": {1, 2}}])
async def test_a_tool_that_breaks_is_told_to_the_model(
    running: Exchange, kit: Kit, rubbish: Any
) -> None:
    kit.gives = rubbish
    say = script([*call("look"), CALLED], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, await steps(running)) == ("complete", [("look", "failed")])
    assert results(say.asked[1]) == [
        '{"error":"This tool itself failed. It may work with other input."}'
    ]


async def test_one_call_that_breaks_leaves_the_other_alone(running: Exchange, kit: Kit) -> None:
    say = script([*call("look", "up"), *call("fly", "off", 2), CALLED], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, kit.ran) == ("complete", ["look up"])
    assert await steps(running) == [("look", "done"), ("fly", "failed")]


async def test_a_model_that_calls_though_it_must_answer_is_heard_no_more(
    running: Exchange, kit: Kit
) -> None:
    turns = [[*call("look", str(n), n), CALLED] for n in range(MOST_ROUNDS + 2)]
    say = script(*turns)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.error) == ("failed", "The model sent an empty answer.")
    assert len(say.asked) == MOST_ROUNDS + 1
    assert len(kit.ran) == MOST_ROUNDS


async def failed_after_acting(exchange: Exchange, kit: Kit) -> Message:
    """A reply whose call has acted, and whose service failed then."""
    with answering(script([*call("act", "it"), CALLED])):
        await made(exchange)
    await decided(exchange, "allow")
    with answering(script([FAILURE])):
        reply = await made(exchange)
    assert (reply.status, kit.ran) == ("failed", ["act it"])
    return reply


async def test_retry_after_a_failure_asks_again_before_it_acts(running: Exchange, kit: Kit) -> None:
    reply = await failed_after_acting(running, kit)

    new = await background.in_thread(reply.retry)
    assert new
    with answering(script([*call("act", "it"), CALLED])):
        await generation.generate(new)
    await new.arefresh_from_db()

    assert (new.status, kit.ran) == ("waiting", ["act it"])
    assert [step.state async for step in new.steps.all()] == ["asking"]


async def test_continue_after_a_failure_does_not_act_again(running: Exchange, kit: Kit) -> None:
    reply = await failed_after_acting(running, kit)
    assert reply.text == ""
    say = script(ANSWER)
    with answering(say):
        reply = await resumed(running)

    assert (reply.status, reply.text) == ("complete", "It is done.")
    assert kit.ran == ["act it"]
    assert results(say.asked[0]) == ['{"came":"it"}']


async def test_an_answer_that_breaks_off_goes_on_by_itself(running: Exchange, kit: Kit) -> None:
    cut = [TextDelta("It is "), Interrupted()]
    say = script([TextDelta("Look."), *call("look", "up"), CALLED], cut, [TextDelta("done.")])
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "Look.\n\nIt is done.")
    assert kit.ran == ["look up"]
    assert [request.goes_on for request in say.asked] == [False, False, True]


async def test_calls_of_a_stream_that_breaks_off_are_asked_for_anew(
    running: Exchange, kit: Kit
) -> None:
    cut = [TextDelta("Look."), *call("act", "half"), Interrupted()]
    with answering(script(cut, [*call("look", "up"), CALLED], ANSWER)):
        reply = await made(running)

    assert (reply.status, kit.ran) == ("complete", ["look up"])


async def test_continue_goes_on_in_the_second_round(running: Exchange, kit: Kit) -> None:
    broken = [TextDelta("It is "), FAILURE]
    with answering(script([TextDelta("Look."), *call("look", "up"), CALLED], broken)):
        reply = await made(running)
    assert (reply.status, reply.text) == ("failed", "Look.\n\nIt is ")
    with answering(script([TextDelta("done.")])):
        reply = await resumed(running)

    assert (reply.status, reply.text) == ("complete", "Look.\n\nIt is done.")
    assert kit.ran == ["look up"]


async def test_a_call_that_stop_broke_off_is_shown_so(running: Exchange, kit: Kit) -> None:
    kit.gate = asyncio.Event()
    turn = [*call("look", "one"), *call("look", "two", 2), CALLED]
    with answering(script(turn)):
        reply = await stopped_while(running, kit.two_run.wait)

    html = await background.in_thread(generation.endings.events.message_html, reply)

    assert reply.status == "stopped"
    assert html.count('data-state="broken"') == 2
    assert html.count("Broken off") == 2


async def test_continue_asks_about_a_call_that_stop_broke_off(running: Exchange, kit: Kit) -> None:
    await die(running, status="stopped")
    await add_step(running, "act", State.RUNNING)
    with answering(ValueError("must not be asked")):
        reply = await resumed(running)

    assert (reply.status, await steps(running)) == ("waiting", [("act", "unknown")])
    assert kit.ran == []


async def test_continue_asks_again_what_stop_left_undecided(running: Exchange, kit: Kit) -> None:
    with answering(script([*call("act"), CALLED])):
        await made(running)
    await stopping.stop(await outcome(running))
    with answering(ValueError("must not be asked")):
        reply = await resumed(running)

    assert (reply.status, await steps(running)) == ("waiting", [("act", "asking")])


async def test_stop_holds_when_the_reply_begins_to_wait(running: Exchange, kit: Kit) -> None:
    await die(running, stop_requested_at=timezone.now())
    await add_step(running, "act", State.ASKING)
    with answering(ValueError("must not be asked")):
        reply = await made(running)

    assert (reply.status, reply.leased_until) == ("stopped", None)


async def test_a_word_on_an_older_question_is_none_on_a_newer(running: Exchange, kit: Kit) -> None:
    with answering(script([*call("act"), CALLED])):
        first = await made(running)
    await decided(running, "allow")
    await die(running, attempt=5)
    step = await Step.objects.aget(reply=running.reply)
    await Step.objects.aupdate(state=State.RUNNING)
    await made(running)

    late = await background.in_thread(decide, first, step.pk, "allow", first.attempt)

    assert not late
    assert await steps(running) == [("act", "unknown")]


async def test_thoughts_before_a_call_outlive_the_process(running: Exchange, kit: Kit) -> None:
    await die(running, reasoning="First I look.", thought_seconds=2.0)
    await add_step(running, "look", State.DONE, content='{"came":"x"}')
    with answering(script(ANSWER)):
        reply = await made(running)

    assert (reply.reasoning, reply.thought_seconds) == ("First I look.", 2.0)
