"""Tools that the model calls: each call runs once, whatever happens around it, and the person is
asked where the tool acts."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django import Settings

from chatapp import background
from chatapp.connectors import switches
from chatapp.conversations import generation, leases, stopping
from chatapp.conversations.models import (
    MOST_ROUNDS,
    Decision,
    Exchange,
    Message,
    State,
    Step,
    decide,
)
from chatapp.inference import CompletionRequest, Finished, TextDelta, ToolCallDelta, ToolResult
from chatapp.tools.tool import Arguments, Context, Output, Tool
from tests.conversations.conftest import answering, outcome

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_service")]

ANSWER = [TextDelta("It is done."), Finished("stop")]


class Kit:
    """Two tools that note their calls: one reads, one acts."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.gate: asyncio.Event | None = None
        self.two_run = asyncio.Event()

    def tool(self, name: str, access: Any) -> Tool:
        async def run(arguments: Arguments, context: Context) -> Output:
            self.ran.append(f"{name} {arguments.get('what', '')}".strip())
            if len(self.ran) == 2:
                self.two_run.set()
            if self.gate:
                await self.gate.wait()
            return Output({"came": arguments.get("what", "")}, f"Did {name}")

        return Tool(
            name,
            name.title(),
            f"Does {name}.",
            {"type": "object"},
            access,
            access == "ask",
            lambda _: name,
            run,
        )


@pytest.fixture(autouse=True)
async def kit(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Kit]:
    kit = Kit()
    tools = {"act": kit.tool("act", "ask"), "look": kit.tool("look", "free")}
    monkeypatch.setattr(switches, "built_in", lambda: tools)
    monkeypatch.setattr(generation, "_is_closing", False)
    yield kit
    await background.drain(5)


def call(name: str, what: str = "", number: int = 1) -> list[Any]:
    """A call as it streams: in two pieces."""
    arguments = json.dumps({"what": what})
    return [
        ToolCallDelta(f"call{number}", name, arguments[:3]),
        ToolCallDelta("", "", arguments[3:]),
    ]


def script(*turns: list[Any]) -> Callable[[CompletionRequest], list[Any]]:
    """What the model says to one request after the other; each is noted."""
    rest = list(turns)

    def say(request: CompletionRequest) -> list[Any]:
        if not request.tools:
            return []  # a title
        say.asked.append(request)  # type: ignore[attr-defined]
        return rest.pop(0)

    say.asked = []  # type: ignore[attr-defined]
    return say


def results(request: CompletionRequest) -> list[str]:
    parts = [part for message in request.messages for part in message.parts]
    return [part.content for part in parts if isinstance(part, ToolResult)]


async def steps(exchange: Exchange) -> list[tuple[str, str]]:
    return [(step.name, step.state) async for step in Step.objects.filter(reply=exchange.reply)]


async def made(exchange: Exchange) -> Message:
    """Makes the reply, or goes on with it, until nothing runs."""
    reply = await outcome(exchange)
    await generation.generate(
        reply, Message.begin if reply.status == "queued" else Message.take_over
    )
    return await outcome(exchange)


async def die(exchange: Exchange, **fields: Any) -> None:
    """The process that made the reply is gone."""
    ago = timezone.now() - timedelta(seconds=1)
    values = {"status": "streaming", "attempt": 1, "leased_by": "dead", "leased_until": ago}
    await Message.objects.filter(pk=exchange.reply.pk).aupdate(**values | fields)


async def add_step(exchange: Exchange, name: str, state: State, **fields: Any) -> Step:
    place = {"round": 0, "index": await Step.objects.acount(), "text_length": 0}
    values = {"reply": exchange.reply, "name": name, "call_id": "call1", "arguments": "{}"}
    return await Step.objects.acreate(**place | values | fields, state=state)


async def decided(exchange: Exchange, decision: Decision) -> bool:
    step = await Step.objects.filter(reply=exchange.reply, state__in=["asking", "unknown"]).afirst()
    assert step
    return await background.in_thread(decide, await outcome(exchange), step.pk, decision)


async def test_a_call_runs_and_the_model_gets_what_came(running: Exchange, kit: Kit) -> None:
    say = script([TextDelta("Let me look."), *call("look", "up"), Finished("tool_calls")], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "Let me look.\n\nIt is done.")
    assert kit.ran == ["look up"]
    assert await steps(running) == [("look", "done")]
    assert results(say.asked[1]) == ['{"came":"up"}']
    assert [message.role for message in say.asked[1].messages[-2:]] == ["assistant", "tool"]
    assert not say.asked[1].goes_on


async def test_calls_of_one_turn_run_together(running: Exchange, kit: Kit) -> None:
    kit.gate = asyncio.Event()
    turn = [*call("look", "one"), *call("look", "two", 2), Finished("tool_calls")]
    with answering(script(turn, ANSWER)):
        generation.start(running.reply)
        async with asyncio.timeout(5):
            await kit.two_run.wait()
        kit.gate.set()
        await asyncio.wait(background.running("reply:"))

    assert await steps(running) == [("look", "done"), ("look", "done")]


async def test_a_tool_that_acts_waits_for_the_person(running: Exchange, kit: Kit) -> None:
    with answering(script([*call("act"), Finished("tool_calls")])):
        reply = await made(running)
    swept = await background.in_thread(leases._sweep)

    assert (reply.status, reply.leased_by, reply.leased_until) == ("waiting", "", None)
    assert kit.ran == []
    assert swept == []


@pytest.mark.parametrize(
    ("decision", "ran", "told"),
    [
        ("allow", ["act it"], '{"came":"it"}'),
        ("always", ["act it"], '{"came":"it"}'),
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


async def test_what_was_decided_stays(running: Exchange) -> None:
    with answering(script([*call("act"), Finished("tool_calls")])):
        await made(running)
    step = await Step.objects.aget(reply=running.reply)
    await decided(running, "deny")

    again = await background.in_thread(decide, await outcome(running), step.pk, "allow")

    assert not again
    assert await steps(running) == [("act", "denied")]


async def test_stop_ends_a_reply_that_waits(running: Exchange) -> None:
    with answering(script([*call("act"), Finished("tool_calls")])):
        await made(running)

    await stopping.stop(await outcome(running))

    assert (await outcome(running)).status == "stopped"


async def test_a_reading_call_of_a_dead_process_runs_anew(running: Exchange, kit: Kit) -> None:
    await die(running)
    await add_step(running, "look", State.RUNNING)
    with answering(script(ANSWER)):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "It is done.")
    assert kit.ran == ["look"]


async def test_an_acting_call_of_a_dead_process_asks(running: Exchange, kit: Kit) -> None:
    await die(running)
    await add_step(running, "act", State.RUNNING)
    with answering(ValueError("must not be asked")):
        reply = await made(running)

    assert (reply.status, await steps(running)) == ("waiting", [("act", "unknown")])
    assert kit.ran == []


async def test_a_finished_call_never_runs_again(running: Exchange, kit: Kit) -> None:
    await die(running, text="Let me see.")
    await add_step(running, "act", State.DONE, content='{"came":"x"}', text_length=11)
    say = script(ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "Let me see.\n\nIt is done.")
    assert kit.ran == []
    assert results(say.asked[0]) == ['{"came":"x"}']


async def test_a_tool_that_is_not_there_is_told(running: Exchange) -> None:
    say = script([*call("fly"), Finished("tool_calls")], ANSWER)
    with answering(say):
        reply = await made(running)

    assert (reply.status, await steps(running)) == ("complete", [("fly", "failed")])
    assert "no tool" in results(say.asked[1])[0]


async def test_after_the_last_round_the_model_has_to_answer(running: Exchange, kit: Kit) -> None:
    turns = [[*call("look", str(n), n), Finished("tool_calls")] for n in range(MOST_ROUNDS)]
    say = script(*turns, ANSWER)
    with answering(say):
        reply = await made(running)

    assert reply.status == "complete"
    assert [request.may_call for request in say.asked] == [True] * MOST_ROUNDS + [False]
    assert len(kit.ran) == MOST_ROUNDS
