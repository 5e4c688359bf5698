"""Bare requests: whatever a server answers comes back as something seen, never as an exception."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Callable

import httpx
import pytest
from PIL import Image

from chatapp.inference import errors
from chatapp.inference.payload import encode
from chatapp.inference.probe import MAX_BYTES, Prober
from chatapp.inference.sample_requests import sample_image
from chatapp.inference.service import Service
from chatapp.inference.types import ChatMessage, CompletionRequest, ImagePart, TextPart

from .conftest import KEY, Ask, Serve
from .wire import (
    BLOCKED,
    HELLO,
    OK,
    Answer,
    chunk,
    event,
    plain,
    refusal,
    text_event,
    writes,
    writes_and_closes,
    writes_and_half_closes,
    writes_and_resets,
)

HI = OK + chunk(text_event("Hi"))
DONE = b"data: [DONE]\n\n"


def prober(http: httpx.AsyncClient, url: str, key: str = KEY, seconds: float = 10.0) -> Prober:
    return Prober(Service("compatible", url, key), http, seconds=seconds)


@pytest.mark.parametrize(
    ("answer", "status", "failure", "accepted"),
    [
        (HELLO, 200, None, True),
        (OK + chunk(event(reasoning={"thinking": "Hm"})), 200, errors.Interrupted, True),
        (HI, 200, errors.Interrupted, True),
        (HI + chunk(b"data: {broken\n\n"), 200, errors.UnreadableReply, True),
        (OK + chunk(b"data: {broken\n\n"), 200, errors.UnreadableReply, False),
        (OK + chunk(b"data: [1]\n\n"), 200, errors.UnreadableReply, False),
        (OK + chunk(b"\xff\xfe\x00garbage"), 200, errors.Interrupted, False),
        (OK + chunk(b'data: {"error":{"code":400}}\n\n'), 200, errors.RequestRefused, False),
        (OK + b"0\r\n\r\n", 200, errors.Interrupted, False),
        (plain("200 OK", b"<html>portal</html>", "text/html"), 200, errors.UnreadableReply, False),
        (plain("200 OK", b'{"error":{"code":"429"}}'), 200, errors.RateLimited, False),
        (plain("200 OK", b"[1]"), 200, errors.UnreadableReply, False),
        (plain("200 OK", b"", "Application/JSON"), 200, errors.UnreadableReply, False),
        (BLOCKED, 403, errors.TextBlocked, False),
        (BLOCKED.replace(b"Length: ", b"Length: 9"), 403, errors.TextBlocked, False),
        (plain("400 No", b"data: {broken\n\n"), 400, errors.RequestRefused, False),
        (plain("429 No", DONE, "text/event-stream"), 429, errors.RateLimited, False),
        (plain("500 No", b""), 500, errors.ServiceFailed, False),
        (plain("302 Found", b"", location="http://127.0.0.1:1/"), 302, errors.WrongAddress, False),
        (b"", 0, errors.Unreachable, False),
        (b"this is not HTTP\r\n\r\n", 0, errors.Unreachable, False),
    ],
)
@pytest.mark.parametrize("end", [writes_and_closes, writes_and_half_closes])
async def test_every_answer_is_seen(
    serve: Serve,
    http: httpx.AsyncClient,
    ask: Ask,
    end: Callable[[bytes], Answer],
    answer: bytes,
    status: int,
    failure: type[errors.InferenceError] | None,
    accepted: bool,
) -> None:
    server = await serve(end(answer))
    seen = await prober(http, server.url).ask(ask("Hi"))
    assert (seen.status, seen.accepted) == (status, accepted)
    assert type(seen.failure) is (failure or type(None))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        writes_and_resets(HI),
        writes_and_resets(plain("200 OK", b"", "text/event-stream")[:30]),
        writes_and_closes(HI + b"this is no chunk\r\n"),
        writes_and_closes(b"HTTP/1.1 200 OK\r\n" + b"X: x" * 100_000 + b"\r\n\r\n"),
    ],
)
async def test_a_lost_connection_is_a_failure_of_that_call(
    serve: Serve, http: httpx.AsyncClient, ask: Ask, answer: Answer
) -> None:
    """How much arrives before a reset, or before a library gives up, is not for sure."""
    seen = await prober(http, (await serve(answer)).url).ask(ask("Hi"))
    assert type(seen.failure) in (errors.Unreachable, errors.Interrupted)


async def test_a_closed_port_is_no_answer(serve: Serve, http: httpx.AsyncClient, ask: Ask) -> None:
    server = await serve(writes(HELLO))
    await server.stop()
    seen = await prober(http, server.url).ask(ask("Hi"))
    assert (seen.status, type(seen.failure)) == (0, errors.Unreachable)
    assert seen.failure
    assert seen.failure.__cause__


@pytest.mark.parametrize(("sent", "accepted"), [(b"", False), (OK, False), (HI, True)])
async def test_a_server_that_falls_silent_is_abandoned(
    serve: Serve, http: httpx.AsyncClient, ask: Ask, sent: bytes, accepted: bool
) -> None:
    server = await serve(writes(sent))
    seen = await prober(http, server.url, seconds=0.2).ask(ask("Hi"))
    assert (seen.accepted, type(seen.failure)) == (accepted, errors.TimedOut)
    async with asyncio.timeout(5):
        await server.client_left.wait()


async def test_a_refusal_that_does_not_end_keeps_its_status(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    server = await serve(writes(BLOCKED.replace(b"Length: ", b"Length: 9")))
    seen = await prober(http, server.url, seconds=0.2).ask(ask("Hi"))
    assert (seen.status, type(seen.failure)) == (403, errors.TextBlocked)


async def test_a_refusal_is_read_whole_even_if_it_looks_like_a_stream(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    body = DONE + b"x" * 500_000
    server = await serve(writes(plain("400 No", body, "text/plain")))
    assert (await prober(http, server.url).ask(ask("Hi"))).body == body


@pytest.mark.parametrize("status", ["400 No", "200 OK", None])
async def test_a_failure_does_not_reveal_the_key(
    serve: Serve, http: httpx.AsyncClient, ask: Ask, status: str | None
) -> None:
    key = "correct-horse-battery"  # does not look like a key
    data = json.dumps({"error": {"code": 400, "message": f"not {key}"}}).encode()
    event = OK + chunk(b"data: %s\n\n" % data)
    server = await serve(writes(plain(status, data) if status else event))
    seen = await prober(http, server.url, key).ask(ask("Hi"))
    assert seen.failure
    assert seen.failure.detail == "not [key]"


async def test_an_open_connection_after_the_end_is_not_waited_for(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    server = await serve(writes(HI + chunk(DONE)))
    seen = await prober(http, server.url, seconds=2).ask(ask("Hi"))
    assert (seen.text, seen.failure) == ("Hi", None)


async def test_an_endless_answer_is_stopped(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(OK)
        while True:
            writer.write(chunk(b": nothing yet\n" * 10_000))
            await writer.drain()

    server = await serve(answer)
    seen = await prober(http, server.url).ask(ask("Hi"))
    assert type(seen.failure) is errors.ReplyTooLarge
    assert len(seen.body) < 2 * MAX_BYTES


async def test_usage_is_found_among_invalid_objects(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    odd = [b'{"usage": 3}', b'{"usage": "x"}', b"[1]", b"{broken", b"[" * 100_000]
    usage = {"prompt_tokens": 5, "cached": {"read": 2}}
    events = [b'{"usage": {"prompt_tokens": 1}}', json.dumps({"usage": usage}).encode(), *odd]
    server = await serve(writes(OK + chunk(b"".join(b"data: %s\n\n" % data for data in events))))
    assert (await prober(http, server.url).ask(ask("Hi"))).usage == usage
    server = await serve(writes(refusal(400)))
    assert (await prober(http, server.url).ask(ask("Hi"))).usage == {}


async def test_the_probe_sends_the_bytes_of_the_app(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    server = await serve(writes(HELLO))
    request = ask("<b>{{ x }}</b>")
    await prober(http, server.url).ask(request, token_field="max_completion_tokens")
    sent = server.requests[0].partition(b"\r\n\r\n")[2]
    assert sent == encode(request, token_field="max_completion_tokens")
    assert server.header("authorization") == f"Bearer {KEY}"
    assert server.header("x-forwarded-proto") is None
    parts = (ImagePart("https://example.com/a.png"), TextPart("What?"))
    await prober(http, server.url, key="").ask(
        CompletionRequest("m", (ChatMessage("user", parts),), 10)
    )
    assert server.header("authorization") is None
    assert server.header("x-forwarded-proto") == "https"


async def test_a_custom_body_is_sent_unchanged(serve: Serve, http: httpx.AsyncClient) -> None:
    server = await serve(writes(HELLO))
    await prober(http, server.url).send({"text": "<script>{{ x }}", "odd": None})
    assert b'"<script>{{ x }}"' in server.requests[0]
    assert server.body() == {"text": "<script>{{ x }}", "odd": None}


async def test_calls_quotas_and_silence_are_remembered(
    serve: Serve, http: httpx.AsyncClient, ask: Ask
) -> None:
    answers = [
        refusal(429, retry_after="7", x_ratelimit_limit_requests="150"),
        refusal(400, x_ratelimit_limit_requests="200"),
    ]

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(answers[len(server.requests) - 1])

    server = await serve(answer)
    asking = prober(http, server.url)
    gaps = [(await asking.ask(ask("Hi"))).longest_gap for _ in answers]
    assert asking.calls == 2
    assert asking.quotas == {"retry-after": "7", "x-ratelimit-limit-requests": "200"}
    assert asking.longest_gap == max(gaps) > 0


@pytest.mark.parametrize("key", [KEY, 'odd"\\key', "sh0rt-key"])
async def test_shown_text_has_no_key_and_no_control_characters(
    http: httpx.AsyncClient, key: str
) -> None:
    hide = prober(http, "http://localhost", key).hide
    assert hide(f"a {key}\n\n{json.dumps({'k': key})}") == 'a [key] {"k": "[key]"}'
    assert hide("Bearer abc, sk-0123456789") == "[key] [key]"
    assert hide("\x1b[2J\ud800 ok\x07 \u202e“é”") == "[2J ok “é”"
    assert prober(http, "http://localhost", "").hide("plain") == "plain"


def test_sample_images_are_red_squares_of_the_given_size() -> None:
    with Image.open(io.BytesIO(sample_image(64))) as image:
        assert (image.format, image.size) == ("PNG", (64, 64))
        assert image.getcolors() == [(64 * 64, (0xDC, 0x14, 0x1E))]
    assert 3_000_000 < len(sample_image(1_000)) < 3_100_000
