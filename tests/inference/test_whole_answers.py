"""A server that answers a streaming request with one JSON object."""

from __future__ import annotations

import json

import httpx
import pytest

from chatapp.inference import errors
from chatapp.inference.probe import Prober
from chatapp.inference.service import Service
from chatapp.inference.types import Finished, ReasoningDelta, TextDelta, ToolCallDelta, Usage

from .conftest import ANSWER, KEY, Ask, Connect, Serve, all_of, failure
from .wire import HELLO, OK, chunk, plain, writes

MESSAGE = {"role": "assistant", "content": "Hello", "reasoning_content": "Hm."}
CHOICE = {"index": 0, "message": MESSAGE, "finish_reason": "length"}
USAGE = {"prompt_tokens": 12, "completion_tokens": 3}
WHOLE = json.dumps({"choices": [CHOICE], "usage": USAGE}, indent=2).encode()
READ = [ReasoningDelta("Hm."), TextDelta("Hello"), Usage(12, 3), Finished("length")]


@pytest.mark.parametrize(
    "answer",
    [
        plain("200 OK", WHOLE),
        plain("200 OK", b"\xef\xbb\xbf \n" + WHOLE, "text/plain"),
        OK + chunk(WHOLE[:7]) + chunk(WHOLE[7:]) + b"0\r\n\r\n",  # as text/event-stream
    ],
)
async def test_it_is_read_as_the_answer(
    serve: Serve, connect: Connect, ask: Ask, http: httpx.AsyncClient, answer: bytes
) -> None:
    server = await serve(writes(answer))
    assert await all_of(connect(server.url), ask("Hi")) == READ
    seen = await Prober(Service("compatible", server.url, KEY), http).ask(ask("Hi"))
    assert (seen.failure, seen.text, seen.reasoning) == (None, "Hello", "Hm.")


async def test_its_tool_calls_are_read(serve: Serve, connect: Connect, ask: Ask) -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    message = {"role": "assistant", "content": None, "tool_calls": [call]}
    body = {"choices": [{"message": message, "finish_reason": "tool_calls"}]}
    server = await serve(writes(plain("200 OK", json.dumps(body).encode())))
    pieces = await all_of(connect(server.url), ask("Hi"))
    assert pieces == [ToolCallDelta("c1", "look", "{}"), Finished("tool_calls")]


async def test_a_stream_under_the_media_type_of_json_is_a_stream(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    answer = HELLO.replace(b"text/event-stream", b"application/json")
    assert await all_of(connect((await serve(writes(answer))).url), ask("Hi")) == ANSWER


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"error": {"code": 429, "message": "slow"}}', errors.RateLimited),
        (b'{"error": {"message": "model not found"}}', errors.ModelNotOffered),
        (b'{"choices": [], "error": "x"}', errors.UnreadableReply),
        (b'{"choices": "none"}', errors.UnreadableReply),
        (b'{"half":', errors.UnreadableReply),
        (b"<html>", errors.UnreadableReply),
        (b"[" * 100_000, errors.UnreadableReply),
    ],
)
@pytest.mark.parametrize("media_type", ["application/json", "text/event-stream"])
async def test_any_other_document_is_an_error(
    serve: Serve,
    connect: Connect,
    ask: Ask,
    body: bytes,
    media_type: str,
    kind: type[errors.InferenceError],
) -> None:
    server = await serve(writes(plain("200 OK", body, media_type)))
    assert type((await failure(connect(server.url), ask("Hi")))[1]) is kind
