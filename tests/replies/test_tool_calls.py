"""Tools that the model calls: each call runs once, whatever happens around it, and the person is
asked where the tool acts."""

import asyncio

import pytest

from chatapp import background
from chatapp.conversations.models import MAX_ROUNDS, Decision, Exchange, State, ToolCall, decide
from chatapp.inference import Finished, TextDelta
from chatapp.replies import generation, leases, stopping
from chatapp.replies.tools.calls import MAX_CALLS, MAX_RESULTS, MIN_RESULT, _share
from chatapp.tools.results import MAX_BYTES
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

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service", "kit")]


async def test_a_call_runs_and_the_model_gets_its_result(running: Exchange, kit: Kit) -> None:
    say = script([TextDelta("Let me look."), *call("look", "up"), Finished("tool_calls")], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "Let me look.\n\nIt is done.")
    assert kit.ran == ["look up"]
    assert await tool_calls(running) == [("look", "done")]
    assert results(say.asked[1]) == ['{"result":"up"}']
    assert [message.role for message in say.asked[1].messages[-2:]] == ["assistant", "tool"]
    assert not say.asked[1].is_continuation


async def test_calls_of_one_turn_run_together(running: Exchange, kit: Kit) -> None:
    kit.gate = asyncio.Event()
    turn = [*call("look", "one"), *call("look", "two", 2), Finished("tool_calls")]
    with answering(script(turn, ANSWER)):
        generation.start(running.reply)
        async with asyncio.timeout(5):
            await kit.two_run.wait()
        kit.gate.set()
        await asyncio.wait(background.running("reply:"))

    assert await tool_calls(running) == [("look", "done"), ("look", "done")]


async def test_too_many_calls_at_once_do_not_run_and_the_model_gets_the_reason(
    running: Exchange, kit: Kit
) -> None:
    wanted = [piece for number in range(MAX_CALLS + 2) for piece in call("look", "it", number)]
    say = script([*wanted, Finished("tool_calls")], ANSWER)
    with answering(say):
        reply = await made(running)

    assert reply.status == "complete"
    assert len(kit.ran) == MAX_CALLS
    assert [state for _name, state in await tool_calls(running)][-3:] == [
        "done",
        "failed",
        "failed",
    ]
    assert len(results(say.asked[1])) == MAX_CALLS + 2
    assert "Too many tool calls at once" in results(say.asked[1])[-1]


async def test_an_acting_tool_waits_for_approval(running: Exchange, kit: Kit) -> None:
    with answering(script([*call("act"), Finished("tool_calls")])):
        reply = await made(running)
    swept = await background.in_thread(leases._sweep)

    assert (reply.status, reply.leased_by, reply.leased_until) == ("waiting", "", None)
    assert kit.ran == []
    assert swept == []


@pytest.mark.parametrize(
    ("decision", "ran", "told"),
    [
        ("allow", ["act it"], '{"result":"it"}'),
        ("always", ["act it"], '{"result":"it"}'),
        ("deny", [], '{"error":"The person did not allow this call."}'),
    ],
)
async def test_the_person_decides(
    running: Exchange, kit: Kit, decision: Decision, ran: list[str], told: str
) -> None:
    with answering(script([*call("act", "it"), Finished("tool_calls")])):
        await made(running)

    assert await decided(running, decision)
    say = script(ANSWER)
    with answering(say):
        reply = await made(running)

    assert reply.status == "complete"
    assert kit.ran == ran
    assert results(say.asked[0]) == [told]
    allowed = ["act"] if decision == "always" else []
    assert reply.conversation.allowed_tools == allowed


async def test_a_decision_is_final(running: Exchange) -> None:
    with answering(script([*call("act"), Finished("tool_calls")])):
        await made(running)
    tool_call = await ToolCall.objects.aget(reply=running.reply)
    await decided(running, "deny")

    again = await background.in_thread(decide, await outcome(running), tool_call.pk, "allow")

    assert not again
    assert await tool_calls(running) == [("act", "denied")]


async def test_stop_ends_a_reply_that_waits(running: Exchange) -> None:
    with answering(script([*call("act"), Finished("tool_calls")])):
        await made(running)

    await stopping.stop(await outcome(running))

    assert (await outcome(running)).status == "stopped"


async def test_a_reading_call_of_a_dead_process_runs_again(running: Exchange, kit: Kit) -> None:
    await die(running)
    await add_tool_call(running, "look", State.RUNNING)
    with answering(script(ANSWER)):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "It is done.")
    assert kit.ran == ["look"]


async def test_an_acting_call_of_a_dead_process_needs_approval(running: Exchange, kit: Kit) -> None:
    await die(running)
    await add_tool_call(running, "act", State.RUNNING)
    with answering(ValueError("must not be asked")):
        reply = await made(running)

    assert (reply.status, await tool_calls(running)) == ("waiting", [("act", "unknown")])
    assert kit.ran == []


async def test_a_finished_call_never_runs_again(running: Exchange, kit: Kit) -> None:
    await die(running, text="Let me see.")
    await add_tool_call(running, "act", State.DONE, content='{"result":"x"}', text_length=11)
    say = script(ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "Let me see.\n\nIt is done.")
    assert kit.ran == []
    assert results(say.asked[0]) == ['{"result":"x"}']


async def test_a_missing_tool_is_reported(running: Exchange) -> None:
    say = script([*call("fly"), Finished("tool_calls")], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, await tool_calls(running)) == ("complete", [("fly", "failed")])
    assert "no tool" in results(say.asked[1])[0]


async def test_after_the_last_round_the_model_must_answer(running: Exchange, kit: Kit) -> None:
    turns = [[*call("look", str(n), n), Finished("tool_calls")] for n in range(MAX_ROUNDS)]
    say = script(*turns, ANSWER)
    with answering(say):
        reply = await made(running)

    assert reply.status == "complete"
    assert [request.may_call for request in say.asked] == [True] * MAX_ROUNDS + [False]
    assert len(kit.ran) == MAX_ROUNDS


def test_results_of_one_reply_share_a_limit() -> None:
    done = ToolCall(content="x" * 50_000)
    assert _share([], 1) == MAX_BYTES
    assert _share([], 16) == MAX_RESULTS // 16
    assert _share([done] * 6, 16) == (MAX_RESULTS - 300_000) // 16
    assert _share([done] * 13, 2) == MIN_RESULT
