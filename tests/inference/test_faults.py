"""Everything that a service does wrong, over both transports: what is tried again, and that
nothing shown is ever taken back."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace

import httpx
import pytest

from chatapp.inference import errors
from chatapp.inference.client import InferenceClient
from chatapp.inference.errors import InferenceError
from chatapp.inference.service import Service
from chatapp.inference.transport import make_http_client
from chatapp.inference.types import (
    Delta,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Waiting,
)

from .conftest import ANSWER, KEY, Ask, Connect, Serve, all_of, failure
from .wire import (
    HELLO,
    OK,
    Answer,
    chunk,
    event,
    in_turn,
    plain,
    refusal,
    text_event,
    writes,
    writes_and_closes,
    writes_and_half_closes,
    writes_and_resets,
)

IMPATIENT = httpx.Timeout(5, read=0.2)
ROLE_ONLY = OK + chunk(event(role="assistant", content=""))

STATUSES: dict[int, type[InferenceError]] = {
    400: errors.RequestRefused,
    401: errors.KeyRefused,
    403: errors.ModelNotAllowed,
    404: errors.WrongAddress,
    408: errors.TimedOut,
    413: errors.ConversationTooLong,
    422: errors.RequestRefused,
    429: errors.RateLimited,
    500: errors.ServiceFailed,
    502: errors.ServiceUnavailable,
    503: errors.ServiceUnavailable,
    504: errors.ServiceUnavailable,
    529: errors.ServiceUnavailable,
}
INNER = {"error": {"code": 418, "message": f"words {KEY}", "type": "odd"}}
BODIES: dict[str, tuple[bytes, str]] = {
    "json": (json.dumps(INNER).encode(), "words [key]"),
    "in a string": (json.dumps({"error": json.dumps(INNER)}).encode(), "words [key]"),
    "all a string": (json.dumps(json.dumps(INNER)).encode(), "words [key]"),
    "error and message": (b'{"error":"bad","message":"words","code":"x"}', "words"),
    "words": (b"words", "words"),
    "broken json": (b'{"error":', '{"error":'),
    "no utf-8": (b'{"error":{"message":"w\xffrds"}}', "w\ufffdrds"),
    "empty": (b"", ""),
    "page": (b"<!DOCTYPE html><html>words</html>", ""),
}


@pytest.mark.parametrize("status", STATUSES)
async def test_every_status_with_every_body(
    serve: Serve, connect: Connect, ask: Ask, status: int
) -> None:
    for name, (body, detail) in BODIES.items():
        kind = errors.TextBlocked if (status, name) == (403, "page") else STATUSES[status]
        server = await serve(writes(plain(f"{status} No", body)))
        deltas, error = await failure(connect(server.url), ask("Hi"))
        assert (type(error), error.detail) == (kind, detail), name
        assert error.sentence.startswith(kind.reason)
        assert KEY not in f"{error.sentence} {error!r} {vars(error)}"
        retries = kind.max_retries if kind.retryable else 0
        assert deltas == [Waiting(2.0**n, kind.reason) for n in range(retries)]
        assert len(server.requests) == 1 + retries


@pytest.mark.parametrize(
    "fault",
    [
        refusal(429),
        refusal(500),
        refusal(503),
        plain("502 Bad Gateway", b"<html>", "text/html"),
        plain("200 OK", b"<html>portal</html>", "text/html"),
        plain("200 OK", b'{"error":{"code":"529"}}'),
        OK + chunk(b"data: {broken\n\n"),
        OK + chunk(b'data: {"error":{"code":503}}\n\n'),
        ROLE_ONLY + b"0\r\n\r\n",
        writes_and_closes(b""),
        writes_and_closes(OK),
        writes_and_resets(b""),
        writes_and_resets(OK),
        writes_and_resets(ROLE_ONLY),
        writes_and_half_closes(b""),
        writes_and_half_closes(b"HTTP/1.1 200"),
        writes_and_half_closes(ROLE_ONLY),
        b"this is not HTTP\r\n\r\n",
    ],
)
async def test_a_fault_before_the_first_token_is_retried(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float], fault: bytes | Answer
) -> None:
    if isinstance(fault, bytes):
        fault = writes_and_closes(fault)
    server = await serve(in_turn(fault, HELLO))
    waiting, *answer = await all_of(connect(server.url), ask("Hi"))
    assert isinstance(waiting, Waiting)
    assert waiting.sentence
    assert naps == [waiting.seconds] == [1.0]
    assert answer == ANSWER
    assert server.body(0) == server.body(1)


async def test_the_last_retry_can_succeed_and_there_is_no_further_one(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    server = await serve(in_turn(*[refusal(503)] * 3, HELLO))
    assert (await all_of(connect(server.url), ask("Hi")))[3:] == ANSWER
    assert naps == [1.0, 2.0, 4.0]
    server = await serve(in_turn(*[refusal(503)] * 4, HELLO))
    await failure(connect(server.url), ask("Hi"))
    assert len(server.requests) == 4


@pytest.mark.parametrize("head", [b"", OK])
async def test_a_first_byte_that_does_not_come_is_waited_for_twice(
    serve: Serve, connect: Connect, ask: Ask, http: httpx.AsyncClient, head: bytes
) -> None:
    http.timeout = IMPATIENT
    server = await serve(writes(head))
    deltas, error = await failure(connect(server.url), ask("Hi"))
    assert type(error) is errors.TimedOut
    assert deltas == [Waiting(1.0, errors.TimedOut.reason)]
    assert len(server.requests) == 2


async def test_a_slow_first_byte_within_the_limit_is_no_fault(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    asked, ready = asyncio.Event(), asyncio.Event()

    async def answer(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await ready.wait()
        writer.write(HELLO)

    server = await serve(answer)
    reading = asyncio.create_task(all_of(connect(server.url), ask("Hi")))
    async with asyncio.timeout(5):
        await asked.wait()
        ready.set()
        assert await reading == ANSWER


async def test_a_stall_after_the_opening_is_tried_again(
    serve: Serve, connect: Connect, ask: Ask, http: httpx.AsyncClient
) -> None:
    http.timeout = IMPATIENT
    server = await serve(in_turn(ROLE_ONLY, HELLO))
    waiting, *answer = await all_of(connect(server.url), ask("Hi"))
    assert waiting == Waiting(1.0, errors.Interrupted.reason)
    assert answer == ANSWER


CALL = {"index": 1, "id": "1", "type": "function", "function": {"name": "t", "arguments": ""}}


@pytest.mark.parametrize(
    ("first", "shown"),
    [
        (event(content="Hel"), TextDelta("Hel")),
        (event(reasoning={"thinking": "Hm"}), ReasoningDelta("Hm")),
        (event(tool_calls=[CALL]), ToolCallDelta("1", "t", "")),
    ],
)
@pytest.mark.parametrize(
    "end",
    [
        writes_and_closes(b""),
        writes_and_resets(b""),
        writes_and_half_closes(b""),
        writes(b""),
        writes(chunk(b"data: {broken\n\n")),
        writes(chunk(b'data: {"error":{"code":429}}\n\n')),
        writes(chunk(b'data: {"error":{"code":400,"message":"max_tokens thinking"}}\n\n')),
        writes(chunk(b'event: error\ndata: {"message":"prompt is too long","code":400}\n\n')),
    ],
)
async def test_nothing_is_tried_again_after_the_first_token(
    serve: Serve,
    connect: Connect,
    ask: Ask,
    http: httpx.AsyncClient,
    first: bytes,
    shown: Delta,
    end: Answer,
) -> None:
    http.timeout = IMPATIENT

    async def answer(writer: asyncio.StreamWriter) -> None:
        await writes(OK + chunk(first))(writer)
        await end(writer)

    server = await serve(answer)
    request = replace(ask("Hi"), thinking_budget=2_000)
    deltas, error = await failure(connect(server.url), request)
    assert deltas == [shown]
    assert len(server.requests) == 1
    assert isinstance(
        error,
        errors.Interrupted | errors.UnreadableReply | errors.RateLimited | errors.RequestRefused,
    )


async def test_a_connection_that_drops_after_the_end_is_no_fault(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes_and_closes(HELLO.removesuffix(b"0\r\n\r\n")))
    assert await all_of(connect(server.url), ask("Hi")) == ANSWER
    assert len(server.requests) == 1


async def test_an_error_in_mid_stream_does_not_reveal_the_key(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    data = b'data: {"error":{"code":401,"message":"hunter2 is wrong"}}\n\n'
    server = await serve(writes(OK + chunk(data)))
    _, error = await failure(connect(server.url, key="hunter2"), ask("Hi"))
    assert error.detail == "[key] is wrong"


async def test_usage_alone_does_not_prevent_a_retry(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    usage = chunk(b'data: {"choices":[],"usage":{"prompt_tokens":5}}\n\n')
    server = await serve(in_turn(writes_and_closes(OK + usage), HELLO))
    assert (await all_of(connect(server.url), ask("Hi")))[2:] == ANSWER


async def test_500_streams_run_at_once_on_the_default_transport(serve: Serve, ask: Ask) -> None:
    """The libraries allow 100 by default, and refuse the rest after a while."""
    everybody = asyncio.Barrier(500)

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(OK + chunk(text_event("Hel")))
        await everybody.wait()
        writer.write(chunk(text_event("lo") + b"data: [DONE]\n\n") + b"0\r\n\r\n")

    server = await serve(answer)
    async with make_http_client() as http:
        client = InferenceClient(Service("compatible", server.url), http)
        replies = await asyncio.gather(*(client.complete(ask("Hi")) for _ in range(500)))
    assert replies == ["Hello"] * 500
