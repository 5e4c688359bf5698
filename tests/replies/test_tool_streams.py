"""Replies whose streams call tools, over real HTTP: whatever shape the calls have, each runs once
and what is sent next keeps to the rules of the service."""

import json
from collections.abc import AsyncIterator
from functools import partial
from itertools import pairwise
from typing import Any

import pytest
from pytest_django import Settings

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Exchange, Message, add_exchange
from chatapp.inference import Service
from chatapp.mcp import switches
from chatapp.replies import generation, service
from chatapp.tools.tool import Arguments, Context, Output, Tool
from tests.inference.conftest import KEY, FaultServer
from tests.inference.wire import HELLO, Answer, in_turn, refusal, stream_of
from tests.streams.expected_calls import CALLS
from tests.support.replies import new_message, outcome

pytestmark = pytest.mark.django_db(transaction=True)

WANTS_THOUGHTS = refusal(400, "Expected `thinking` or `redacted_thinking`, but found `tool_use`.")
CUT_OFF = ("tool_call_cut_by_length", "tool_calls_without_end")  # calls that nobody can make
CALLING = [name for name in CALLS if name not in CUT_OFF]


class Model:
    """Serve scripted answers, and register two tools that record their calls."""

    def __init__(self, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ran: list[tuple[str, dict[str, Any]]] = []
        self.settings = settings
        tools = {name: self.tool(name) for name in ("time", "weather")}
        monkeypatch.setattr(switches, "built_in", lambda: tools)

    def tool(self, name: str) -> Tool:
        async def run(arguments: Arguments, context: Context) -> Output:
            self.ran.append((name, dict(arguments)))
            return Output({"is": "fine"}, f"Did {name}")

        schema = {"type": "object"}
        return Tool(name, name, f"Tells the {name}.", schema, False, False, lambda _: name, run)

    async def says(self, *answers: bytes | Answer) -> None:
        self.server = FaultServer(in_turn(*answers))
        await self.server.start()
        self.settings.SERVICE = Service("compatible", self.server.url, KEY)

    @property
    def asked(self) -> list[bytes]:
        return [request.partition(b"\r\n\r\n")[2] for request in self.server.requests]

    async def stop(self) -> None:
        await background.drain(5)
        await service.close()
        await self.server.stop()


@pytest.fixture
async def model(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Model]:
    monkeypatch.setattr(generation, "_is_closing", False)
    model = Model(settings, monkeypatch)
    yield model
    await model.stop()


def begin(owner: Person, **chosen: Any) -> Exchange:
    """Add an exchange with a queued reply to a conversation that needs no title."""
    exchange = add_exchange(owner, new_message(**chosen))
    exchange.conversation.rename("Named by hand")
    return exchange


@pytest.fixture
def running(owner: Person) -> Exchange:
    return begin(owner)


async def made(exchange: Exchange) -> Message:
    await generation.generate(exchange.reply)
    return await outcome(exchange)


async def next_reply(owner: Person, exchange: Exchange, **chosen: Any) -> Message:
    new = new_message("And?", exchange.conversation.pk, **chosen)
    return await made(await background.in_thread(add_exchange, owner, new))


def calls_of(body: bytes) -> list[Any]:
    """Check the rules for calls and their turns, and return the calls of a request."""
    calls: list[Any] = []
    waiting: list[str] = []
    for message in json.loads(body)["messages"]:
        assert isinstance(message["content"], str)
        assert message["content"].strip()
        if message["role"] == "tool":
            assert message["tool_call_id"] == waiting.pop(0)
            assert isinstance(json.loads(message["content"]), dict)
        else:
            assert not waiting
            made = message.get("tool_calls", [])
            waiting = [call["id"] for call in made]
            calls += made
    assert not waiting
    assert all(isinstance(json.loads(call["function"]["arguments"]), dict) for call in calls)
    assert len({call["id"] for call in calls}) == len(calls)
    return calls


def begins_alike(one: bytes, other: bytes) -> bool:
    """Return whether a request only adds messages to another, so that the cache applies."""
    return other.startswith(one.removesuffix(b"]}"))


@pytest.mark.parametrize("name", CALLING)
async def test_each_call_runs_once_and_the_reply_ends_well(
    model: Model, running: Exchange, name: str
) -> None:
    await model.says(stream_of(name), HELLO)

    reply = await made(running)

    whole = [call for call in CALLS[name].tool_calls if not call[2].endswith('"Eur')]
    assert (reply.status, reply.text) == ("complete", f"{CALLS[name].text}\n\nHello".strip())
    assert [tool for tool, _ in model.ran] == [tool for _, tool, _ in whole if tool != "fly"]
    first, second = model.asked
    assert [call["function"]["name"] for call in calls_of(second)] == [tool for _, tool, _ in whole]
    assert json.loads(second)["tool_choice"] == "auto"
    assert begins_alike(first, second)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("tool_arguments_in_pieces", {"city": "Tromsø 🦩", "note": 'a"bé\\n'}),
        ("tool_arguments_null", {}),
        ("tool_arguments_twice_encoded", {"city": "Oslo"}),
        ("tool_call_with_object", {"city": "Oslo"}),
    ],
)
async def test_a_tool_and_the_model_read_the_same_arguments(
    model: Model, running: Exchange, name: str, arguments: dict[str, str]
) -> None:
    await model.says(stream_of(name), HELLO)

    await made(running)

    assert model.ran == [("weather", arguments)]
    (call,) = calls_of(model.asked[1])
    assert json.loads(call["function"]["arguments"]) == arguments


async def test_a_call_interrupted_by_the_token_limit_is_not_made(
    model: Model, running: Exchange
) -> None:
    await model.says(stream_of("tool_call_cut_by_length"))

    reply = await made(running)

    assert (reply.status, reply.text, reply.finish_reason) == ("complete", "I look.", "length")
    assert model.ran == []
    assert len(model.asked) == 1


async def test_calls_of_an_interrupted_stream_are_requested_again(
    model: Model, running: Exchange
) -> None:
    await model.says(stream_of("tool_calls_without_end"), stream_of("tool_use"), HELLO)

    reply = await made(running)

    assert (reply.status, reply.text) == ("complete", "I look.\n\nHello")
    assert model.ran == [("weather", {})]
    assert len(calls_of(model.asked[2])) == 1


async def test_calls_that_a_server_numbers_from_zero_each_turn_keep_their_ids(
    model: Model, owner: Person, running: Exchange
) -> None:
    stream = stream_of("tool_calls_without_ids")
    await model.says(stream, stream, HELLO, stream, HELLO)

    await made(running)
    await next_reply(owner, running)

    bodies = model.asked
    assert [len(calls_of(body)) for body in bodies] == [0, 2, 4, 4, 6]
    assert all(begins_alike(*pair) for pair in pairwise(bodies))


async def test_the_model_thinks_before_its_first_call_only(model: Model, owner: Person) -> None:
    await model.says(stream_of("tool_call_after_reasoning"), HELLO)
    exchange = await background.in_thread(partial(begin, owner, thinking="high"))

    reply = await made(exchange)

    assert (reply.status, reply.reasoning) == ("complete", "Let me think.")
    assert [b"extended_thinking" in body for body in model.asked] == [True, False]
    assert b"Let me think." not in model.asked[1]


async def test_a_service_that_requires_reasoning_before_calls_blocks_no_conversation(
    model: Model, owner: Person, running: Exchange
) -> None:
    await model.says(stream_of("tool_call"), *(WANTS_THOUGHTS, HELLO) * 2)

    first = await made(running)
    second = await next_reply(owner, running)

    assert (first.status, first.text) == ("complete", "I look.\n\nHello")
    assert (second.status, second.text) == ("complete", "Hello")
    assert first.notices == {"tools_off": 0}
    told = json.loads(model.asked[2])["messages"]
    assert "[Called the tool weather with" in told[-2]["content"]
    assert told[-1] == {"role": "user", "content": '[The tool weather returned: {"is":"fine"}]'}


async def test_with_all_tools_off_old_calls_are_sent_as_text(
    model: Model, owner: Person, running: Exchange
) -> None:
    await model.says(stream_of("tool_call"), HELLO)
    await made(running)
    off = {"time": False, "weather": False}
    mine = Conversation.objects.filter(pk=running.conversation.pk)
    await mine.aupdate(tool_choices=off)

    reply = await next_reply(owner, running, thinking="low")

    assert reply.status == "complete"
    last = json.loads(model.asked[-1])
    assert "tools" not in last
    assert last["extended_thinking"]["enabled"]
    assert calls_of(model.asked[-1]) == []
    texts = [message["content"] for message in last["messages"]]
    assert '[The tool weather returned: {"is":"fine"}]' in texts
