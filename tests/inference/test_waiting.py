"""Waiting for the service: how long, what the person hears meanwhile, and how it ends."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest

from chatapp.inference import errors
from chatapp.inference.rate_limits import Quota, RateLimits
from chatapp.inference.types import (
    TextDelta,
    Waiting,
)

from .conftest import ANSWER, Ask, Connect, Serve, all_of, failure
from .wire import (
    HELLO,
    OK,
    chunk,
    in_turn,
    refusal,
    writes,
    writes_and_closes,
)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 1.0),
        ({"retry_after": "8"}, 8.0),
        ({"retry_after": "0"}, 0.0),
        ({"x_ratelimit_remaining_tokens": "0", "x_ratelimit_reset_tokens": "51s"}, 51.0),
        ({"x_ratelimit_remaining_tokens": "9", "x_ratelimit_reset_tokens": "51s"}, 1.0),
        ({"retry_after": "nonsense"}, 1.0),
    ],
)
async def test_a_full_quota_is_waited_for(
    serve: Serve,
    connect: Connect,
    ask: Ask,
    naps: list[float],
    headers: dict[str, str],
    seconds: float,
) -> None:
    server = await serve(in_turn(refusal(429, "maximum tokens per minute", **headers), HELLO))
    waiting, *answer = await all_of(connect(server.url), ask("Hi"))
    assert waiting == Waiting(seconds, errors.RateLimited.reason)
    assert naps == [seconds]
    assert answer == ANSWER


async def test_a_wait_that_is_too_long_ends_at_once_and_is_named(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    server = await serve(in_turn(refusal(429, retry_after="600"), HELLO))
    deltas, error = await failure(connect(server.url), ask("Hi"))
    assert (deltas, naps) == ([], [])
    assert error.sentence.endswith("Try again in about 10 minutes.")


async def test_an_error_inside_a_stream_knows_the_quotas_of_its_answer(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    quota = b"X-RateLimit-Remaining-Requests: 0\r\nX-RateLimit-Reset-Requests: 7s\r\n\r\n"
    head = OK.removesuffix(b"\r\n") + quota
    fault = head + chunk(b'event: error\ndata: {"error":{"type":"rate_limit_error"}}\n\n')
    client = connect((await serve(in_turn(writes_and_closes(fault), HELLO))).url)
    assert (await all_of(client, ask("Hi")))[1:] == ANSWER
    assert naps == [7.0]


async def test_the_rate_limits_of_the_latest_answer_are_kept(
    serve: Serve, connect: Connect, ask: Ask
) -> None:
    full = refusal(429, x_ratelimit_limit_requests="150", x_ratelimit_remaining_requests="0")
    head = OK.removesuffix(b"\r\n") + b"X-RateLimit-Remaining-Requests: 149\r\n\r\n"
    good = head + HELLO.removeprefix(OK)
    client = connect((await serve(in_turn(full, good, HELLO))).url)
    assert client.rate_limits is None
    async with aclosing(client.stream(ask("Hi"))) as deltas:
        await anext(deltas)
        assert client.rate_limits == RateLimits(Quota(150, 0), Quota())
        assert await anext(deltas) == TextDelta("Hel")
        assert client.rate_limits == RateLimits(Quota(remaining=149), Quota())
    await client.complete(ask("Hi"))
    assert client.rate_limits == RateLimits(Quota(remaining=149), Quota())


async def test_a_wait_can_be_cancelled(serve: Serve, connect: Connect, ask: Ask) -> None:
    server = await serve(writes(refusal(429, retry_after="60")))
    waiting = asyncio.Event()

    async def read() -> None:
        async for delta in connect(server.url, sleep=asyncio.sleep).stream(ask("Hi")):
            assert isinstance(delta, Waiting)
            waiting.set()

    task = asyncio.create_task(read())
    async with asyncio.timeout(5):
        await waiting.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert len(server.requests) == 1


async def test_a_caller_that_waits_by_itself_gets_the_refusal_and_the_limits_at_once(
    serve: Serve, connect: Connect, ask: Ask, naps: list[float]
) -> None:
    headers = {"retry_after": "8", "x_ratelimit_remaining_requests": "0"}
    server = await serve(in_turn(refusal(429, **headers), HELLO))
    reported: list[tuple[str, RateLimits]] = []
    client = connect(
        server.url,
        waits_for_quota=False,
        on_rate_limits=lambda model, limits: reported.append((model, limits)),
    )
    deltas, error = await failure(client, ask("Hi"))
    assert (deltas, naps) == ([], [])
    assert (type(error), error.retry_after) == (errors.RateLimited, 8.0)
    assert reported == [("m", RateLimits(Quota(remaining=0), Quota()))]
