"""Whatever text a model or its service sends, only valid text is stored and shown."""

import json
from typing import Any

import pytest
from django.apps import apps
from django.test import AsyncClient

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events
from chatapp.conversations.models import Conversation, Exchange, Message, ToolCall
from chatapp.mcp import switches
from chatapp.realtime import protocol
from chatapp.realtime.hub import hub
from chatapp.server.valid_text import make_valid_json
from chatapp.tools.tool import Output, Tool
from tests.inference.wire import HELLO, OK, chunk, event, refusal
from tests.realtime.peers import Listener
from tests.replies.test_tool_streams import Model, begin, calls_of, made, model
from tests.support.replies import ended, outcome
from tests.texts import LONG_TEXTS, TEXTS, is_valid, sampled, valid

pytestmark = pytest.mark.django_db(transaction=True)
__all__ = ["model"]

# A megabyte of reply takes seconds to render; tests/rendering does that.
each_text = pytest.mark.parametrize(
    "text",
    [
        pytest.param(TEXTS[each.values[0]], id=each.values[0], marks=each.marks)
        for each in sampled(TEXTS)
    ],
)


@pytest.fixture
def running(owner: Person) -> Exchange:
    return begin(owner)


def stream(*deltas: dict[str, Any], reason: str = "stop") -> bytes:
    end = b'data: {"choices": [{"delta": {}, "finish_reason": "%s"}]}\n\n' % reason.encode()
    events = b"".join(event(**delta) for delta in deltas) + end + b"data: [DONE]\n\n"
    return OK + chunk(events) + b"0\r\n\r\n"


def call(name: str, *arguments: str, id: str = "call1") -> list[dict[str, Any]]:
    """Return the deltas of a tool call."""
    begun = {"index": 0, "id": id, "function": {"name": name, "arguments": ""}}
    rest = [{"index": 0, "function": {"arguments": piece}} for piece in arguments]
    return [{"tool_calls": [piece]} for piece in [begun, *rest]]


def stored() -> list[Any]:
    """Return every stored value."""
    return [value for model in apps.get_models() for row in model._base_manager.values_list()
            for value in row]  # fmt: skip


async def check(client: AsyncClient, exchange: Exchange, owner: Person) -> str:
    """Check that all text is valid and can be shown everywhere; return the page."""
    assert is_valid(await background.in_thread(stored))
    path = f"/c/{exchange.conversation.pk}"
    reply = f"{path}/replies/{exchange.reply.pk}"
    pages = [f"{path}/", f"{path}/messages", f"{reply}/state"]
    pages += [
        f"{reply}/tool-calls/{pk}" async for pk in ToolCall.objects.values_list("pk", flat=True)
    ]
    for page in pages:
        assert (await client.get(page)).status_code == 200, page
    message = await outcome(exchange)
    with hub.subscribed([protocol.person_group(owner.pk)]) as subscription:
        await background.in_thread(events.message_changed, message)
        await background.in_thread(events.conversation_changed, message.conversation)
        for _ in range(2):
            assert is_valid(await Listener(subscription).event())
    return (await client.get(f"{path}/")).content.decode()


@each_text
async def test_text_and_reasoning_are_made_valid(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model, text: str
) -> None:
    await model.says(stream({"reasoning": f"R{text}R"}, {"content": f"T{text}T"}))
    reply = await made(running)

    name = next(name for name in TEXTS if TEXTS[name] is text)
    assert (reply.status, reply.text) == ("complete", f"T{valid(name)}T")
    assert reply.reasoning == f"R{valid(name)}R"
    assert valid(name).strip("\ufffe\uffff") in await check(async_owner_client, running, owner)


async def test_a_surrogate_pair_split_over_two_deltas_is_joined(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model
) -> None:
    halves = ({"content": "a\ud83d"}, {"content": "\ude00b"})
    await model.says(stream({"reasoning": "\ud83d"}, {"reasoning": "\ude00"}, *halves))
    reply = await made(running)

    assert (reply.text, reply.reasoning) == ("a😀b", "😀")
    assert "a😀b" in await check(async_owner_client, running, owner)


@each_text
@pytest.mark.parametrize("in_pieces", [True, False])
async def test_the_arguments_of_a_call_are_made_valid(
    async_owner_client: AsyncClient,
    owner: Person,
    running: Exchange,
    model: Model,
    text: str,
    in_pieces: bool,
) -> None:
    """Their JSON escapes every half of a pair, and deltas split the escapes anywhere."""
    arguments = json.dumps({f"k{text}": [text]})
    pieces = list(arguments) if in_pieces else [arguments]
    await model.says(stream(*call("weather", *pieces), reason="tool_calls"), HELLO)
    reply = await made(running)

    assert reply.status == "complete"
    assert model.ran == [("weather", make_valid_json({f"k{text}": [text]}))]
    assert is_valid(json.loads((await ToolCall.objects.aget()).arguments))
    (sent,) = calls_of(model.asked[1])
    assert is_valid(json.loads(sent["function"]["arguments"]))
    await check(async_owner_client, running, owner)


async def test_halves_of_a_pair_in_two_calls_are_not_joined(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model
) -> None:
    two = call("weather", '{"a":"\ud83d', '"}'), call("time", '{"a":"', '\ude00"}', id="call2")
    two[1][0]["tool_calls"][0]["index"] = 1
    for piece in two[1][1:]:
        piece["tool_calls"][0]["index"] = 1
    deltas = [delta for pair in zip(*two, strict=True) for delta in pair]
    await model.says(stream(*deltas, reason="tool_calls"), HELLO)
    await made(running)

    assert sorted(model.ran) == [("time", {"a": "\ufffd"}), ("weather", {"a": "\ufffd"})]
    await check(async_owner_client, running, owner)


@each_text
async def test_names_and_ids_of_calls_are_made_valid(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model, text: str
) -> None:
    odd = call(f"weather{text}", "{}", id=f"id{text}")
    await model.says(stream(*odd, reason="tool_calls"), HELLO)
    reply = await made(running)

    assert reply.status == "complete"
    await check(async_owner_client, running, owner)


async def test_deeply_nested_arguments_are_shown(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model
) -> None:
    deep = '{"a":' + "[" * 3_000 + r'"\ud83d"' + "]" * 3_000 + "}"
    await model.says(stream(*call("weather", deep), reason="tool_calls"), HELLO)
    reply = await made(running)

    assert reply.status == "complete"
    await check(async_owner_client, running, owner)


@each_text
@pytest.mark.parametrize("in_mid_stream", [True, False])
async def test_an_error_message_of_the_service_is_made_valid(
    async_owner_client: AsyncClient,
    owner: Person,
    running: Exchange,
    model: Model,
    text: str,
    in_mid_stream: bool,
) -> None:
    error = f"data: {json.dumps({'error': {'message': f'No {text} today', 'code': 400}})}\n\n"
    cut = OK + chunk(event(content="Hi") + error.encode()) + b"0\r\n\r\n"
    await model.says(cut if in_mid_stream else refusal(400, f"No {text} today"))
    reply = await made(running)

    assert reply.status == "failed"
    assert "The service reported: “No" in reply.error
    await check(async_owner_client, running, owner)


@each_text
async def test_a_title_is_made_valid(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model, text: str
) -> None:
    await Conversation.objects.aupdate(titled_by="nobody")
    await model.says(HELLO, stream({"content": f"A {text} title"}))
    await made(running)
    await ended([f"title:{running.conversation.pk}"])

    assert (await Conversation.objects.aget()).titled_by == "model"
    await check(async_owner_client, running, owner)


@pytest.mark.parametrize("name", LONG_TEXTS)
async def test_a_megabyte_of_arguments_is_stored_and_shown(
    async_owner_client: AsyncClient, owner: Person, running: Exchange, model: Model, name: str
) -> None:
    arguments = json.dumps({"q": LONG_TEXTS[name]}, ensure_ascii=False)
    await model.says(stream(*call("weather", arguments), reason="tool_calls"), HELLO)
    reply = await made(running)

    assert reply.status == "complete"
    await check(async_owner_client, running, owner)


@each_text
async def test_the_result_of_a_tool_is_made_valid(
    async_owner_client: AsyncClient,
    owner: Person,
    running: Exchange,
    model: Model,
    text: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def run(arguments: Any, context: Any) -> Output:
        return Output({f"k{text}": [text]}, f"Did {text}")

    tool = Tool("odd", "Odd", "Odd.", {"type": "object"}, False, False, lambda _: text, run)
    monkeypatch.setattr(switches, "built_in", lambda: {"odd": tool})
    await model.says(stream(*call("odd", "{}"), reason="tool_calls"), HELLO)
    await made(running)

    tool_call = await ToolCall.objects.aget()
    assert tool_call.state == "done"
    assert is_valid(json.loads(tool_call.content))
    await check(async_owner_client, running, owner)


async def test_a_megabyte_from_a_person_and_from_a_model_is_shown(
    async_owner_client: AsyncClient, owner: Person, running: Exchange
) -> None:
    for text in LONG_TEXTS.values():
        await Message.objects.aupdate(text=text, html=f"<p>{text}</p>", status="complete")
        await check(async_owner_client, running, owner)
