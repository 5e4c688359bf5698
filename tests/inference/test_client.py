"""The client against a server that fails on demand, over both transports."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing

import httpx
import pytest

from chatapp.inference import errors
from chatapp.inference.client import InferenceClient
from chatapp.inference.errors import InferenceError
from chatapp.inference.off_loop import off_loop
from chatapp.inference.service import Service
from chatapp.inference.transport import make_http_client
from chatapp.inference.types import ChatMessage, CompletionRequest, Finished, TextDelta, Usage

from .conftest import KEY, Ask, Connect, Serve, all_of, failure
from .wire import (
    OK,
    Answer,
    chunk,
    plain,
    stream_of,
    text_event,
    writes,
    writes_and_closes,
    writes_and_resets,
)

IMPATIENT = httpx.Timeout(5, read=0.2)


async def test_an_answer_streams(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(stream_of("heroku")))
    deltas = [delta async for delta in connect(server.url).stream(ask("Hi <b>"))]
    assert deltas == [TextDelta("Hel"), TextDelta("lo"), Usage(12, 3), Finished("stop")]
    request = server.requests[0]
    assert request.startswith(b"POST /v1/chat/completions HTTP/1.1\r\n")
    assert b"authorization: bearer " + KEY.encode() in request.lower()
    assert b"content-type: application/json\r\n" in request.lower()
    assert rb"Hi \u003cb\u003e" in request


async def test_the_first_text_is_never_delayed(serve: Serve, connect: Connect, ask: Ask) -> None:
    said: list[str] = []
    said_before: list[list[str]] = []

    def pause() -> float:
        said_before.append(list(said))
        return 0.001

    async def one_by_one(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        for text in ("", "Hel", "lo"):
            writer.write(chunk(text_event(text)))
            await asyncio.sleep(0.02)
        writer.write(chunk(b"data: [DONE]\n\n") + chunk(b""))

    server = await serve(one_by_one)
    async with aclosing(connect(server.url, pause=pause).stream(ask("Hi"))) as deltas:
        async for delta in deltas:
            if isinstance(delta, TextDelta):
                said.append(delta.text)

    assert "".join(said) == "Hello"
    assert said_before
    assert all(said_before)


async def test_without_a_key_none_is_sent(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(stream_of("heroku")))
    assert await connect(server.url, key="").complete(ask("Hi")) == "Hello"
    assert b"authorization" not in server.requests[0].lower()


async def test_the_connection_is_used_again(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(stream_of("heroku")))
    client = connect(server.url)
    for _ in range(3):
        assert await client.complete(ask("Hi")) == "Hello"
    assert server.connections == 1


async def test_an_answer_is_finished_although_the_connection_stays_open(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes(stream_of("heroku").removesuffix(b"0\r\n\r\n")))
    assert await connect(server.url).complete(ask("Hi")) == "Hello"


async def test_an_answer_without_done_ends_with_its_connection(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes(stream_of("no_done")))
    deltas = await all_of(connect(server.url), ask("Hi"))
    assert deltas == [TextDelta("Hello"), Finished("stop")]


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (plain("401 Unauthorized", b'{"error":{"code":401}}'), errors.KeyRefused),
        (plain("403 Forbidden", b"<html>blocked</html>", "text/html"), errors.TextBlocked),
        (plain("429 Too Many", b""), errors.RateLimited),
        (plain("500 Oops", b""), errors.ServiceFailed),
        (plain("503 Busy", b"{broken"), errors.ServiceUnavailable),
        (plain("200 OK", b"<html>portal</html>", "text/html"), errors.UnreadableReply),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", errors.WrongAddress),
        (stream_of("garbage"), errors.UnreadableReply),
        (stream_of("error_object"), errors.RateLimited),
        (stream_of("interrupted"), errors.Interrupted),
        (b"this is not HTTP\r\n\r\n", errors.Unreachable),
    ],
)
async def test_a_bad_answer_becomes_its_error(
    serve: Serve, connect: Connect, ask: Ask, answer: bytes, kind: type[InferenceError]
) -> None:
    server = await serve(writes_and_closes(answer))
    deltas, error = await failure(connect(server.url), ask("Hi"))
    assert type(error) is kind
    retried = error.retryable and TextDelta("Hel") not in deltas
    assert len(server.requests) == 1 + (kind.max_retries if retried else 0)


async def test_retry_after_arrives(serve: Serve, connect: Connect, ask: Ask) -> None:
    answer = plain("429 Slow", b"", retry_after="17")
    _, error = await failure(connect((await serve(writes(answer))).url), ask("Hi"))
    assert type(error) is errors.RateLimited
    assert error.retry_after == 17


async def test_the_key_is_not_echoed(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(plain("401 No", b'{"error":{"message":"bad key hunter2!"}}')))
    _, error = await failure(connect(server.url, key="hunter2"), ask("Hi"))
    assert "hunter2" not in str(error)
    assert "bad key" in str(error)


async def test_a_refused_port_is_unreachable(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(b""))
    await server.stop()
    _, error = await failure(connect(server.url), ask("Hi"))
    assert type(error) is errors.Unreachable


@pytest.mark.parametrize("drop", [writes_and_closes, writes_and_resets])
@pytest.mark.parametrize("before", [b"", OK])
async def test_a_drop_before_the_first_byte_is_unreachable(
    serve: Serve, connect: Connect, ask: Ask, drop: Callable[[bytes], Answer], before: bytes
) -> None:
    _, error = await failure(connect((await serve(drop(before))).url), ask("Hi"))
    assert type(error) is errors.Unreachable


async def test_a_drop_after_the_first_byte_is_interrupted_and_the_text_is_kept(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes_and_closes(OK + chunk(text_event("Hel"))))
    deltas, error = await failure(connect(server.url), ask("Hi"))
    assert deltas == [TextDelta("Hel")]
    assert type(error) is errors.Interrupted


async def test_silence_before_the_first_byte_is_a_timeout(
    serve: Serve, connect: Connect, ask: Ask, http: httpx.AsyncClient
) -> None:
    http.timeout = IMPATIENT
    _, error = await failure(connect((await serve(writes(b""))).url), ask("Hi"))
    assert type(error) is errors.TimedOut


async def test_silence_in_mid_stream_is_interrupted(
    serve: Serve, connect: Connect, ask: Ask, http: httpx.AsyncClient
) -> None:
    http.timeout = IMPATIENT
    server = await serve(writes(OK + chunk(text_event("Hel"))))
    deltas, error = await failure(connect(server.url), ask("Hi"))
    assert deltas == [TextDelta("Hel")]
    assert type(error) is errors.Interrupted


async def test_an_interrupted_refusal_keeps_its_status(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    answer = b"HTTP/1.1 401 No\r\nContent-Length: 900\r\n\r\n<htm"
    _, error = await failure(connect((await serve(writes_and_closes(answer))).url), ask("Hi"))
    assert type(error) is errors.KeyRefused


@pytest.mark.parametrize("head", [b"", OK, OK + chunk(text_event("a"))])
async def test_a_whole_reply_has_a_time_limit(
    serve: Serve, connect: Connect, ask: Ask, head: bytes
) -> None:
    client = connect((await serve(writes(head))).url, max_seconds=0.1)
    _, error = await failure(client, ask("Hi"))
    assert type(error) is errors.ReplyTooSlow


async def test_a_slow_reader_is_not_interrupted_by_the_time_limit(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes(stream_of("heroku")))
    async with aclosing(connect(server.url, max_seconds=0.2).stream(ask("Hi"))) as deltas:
        assert await anext(deltas) == TextDelta("Hel")
        # Holds the first delta past the deadline; a timer across the yield would cancel us here.
        later = asyncio.Event()
        asyncio.get_running_loop().call_later(0.3, later.set)
        await later.wait()
        assert await anext(deltas) == TextDelta("lo")


async def test_a_whole_reply_has_a_size_limit(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(OK + chunk(text_event("x" * 100)) * 20))
    deltas, error = await failure(connect(server.url, max_bytes=1_000), ask("Hi"))
    assert type(error) is errors.ReplyTooLarge
    assert sum(len(delta.text) for delta in deltas if isinstance(delta, TextDelta)) <= 1_000


async def test_leaving_early_closes_the_connection(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    server = await serve(writes(OK + chunk(text_event("Hel"))))
    async with aclosing(connect(server.url).stream(ask("Hi"))) as deltas:
        await anext(deltas)
    async with asyncio.timeout(5):
        await server.client_left.wait()


async def test_cancelling_closes_the_connection(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(OK + chunk(text_event("Hel"))))
    started = asyncio.Event()

    async def read() -> None:
        async for _ in connect(server.url).stream(ask("Hi")):
            started.set()

    task = asyncio.create_task(read())
    async with asyncio.timeout(5):
        await started.wait()
        task.cancel()
        await server.client_left.wait()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_without_a_service_nothing_is_sent(ask: Ask) -> None:
    async with make_http_client() as http:
        _, error = await failure(InferenceClient(Service("none"), http), ask("Hi"))
    assert type(error) is errors.NotConnected


async def test_more_streams_run_at_once_than_the_libraries_allow_by_default(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    everybody = asyncio.Barrier(120)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await everybody.wait()
        writer.write(stream_of("heroku"))

    client = connect((await serve(answer)).url)
    replies = await asyncio.gather(*(client.complete(ask("Hi")) for _ in range(120)))
    assert replies == ["Hello"] * 120


@pytest.mark.parametrize(
    ("messages", "characters", "in_thread"), [(2, 10, False), (301, 10, True), (1, 200_000, True)]
)
async def test_what_would_block_the_loop_is_prepared_in_a_thread(
    messages: int, characters: int, in_thread: bool
) -> None:
    message = ChatMessage.from_text("user", "a" * characters)
    request = CompletionRequest("m", (message,) * messages, 10)

    thread = await off_loop(request, threading.get_ident)

    assert (thread != threading.get_ident()) == in_thread
