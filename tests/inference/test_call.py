"""One HTTP call on its own, answered without a network: in pieces, too long, or with odd errors."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest

from chatapp.inference.call import MAX_ERROR_BYTES, Call, Limits
from chatapp.inference.errors import (
    InferenceError,
    Interrupted,
    KeyRefused,
    RateLimited,
    ReplyTooLarge,
    Unreachable,
    UnreadableReply,
    WrongAddress,
)
from chatapp.inference.rate_limits import RateLimits


class Body(httpx.AsyncByteStream):
    """Chunks as they stand here; one that is an error is raised."""

    def __init__(self, *chunks: bytes | Exception) -> None:
        self._chunks = chunks
        self.read = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for chunk in self._chunks:
            if isinstance(chunk, Exception):
                raise chunk
            self.read += 1
            yield chunk


def calling(
    response: httpx.Response,
    *,
    limits: Limits | None = None,
    patience: float | None = 5,
    heard: list[RateLimits] | None = None,
) -> Call:
    """A call by a client that follows redirects unless told otherwise; `patience` is in seconds
    between chunks, and `heard` gets what is said of quotas."""
    http = httpx.AsyncClient(
        transport=httpx.MockTransport(lambda _: response), timeout=patience, follow_redirects=True
    )
    request = http.build_request("POST", "http://x")
    return Call(http, request, limits or Limits(), "", (heard if heard is not None else []).append)


async def read(call: Call) -> list[bytes]:
    return [chunk async for chunk in call.chunks()]


async def refused(body: Body) -> str:
    with pytest.raises(KeyRefused) as caught:
        await read(calling(httpx.Response(401, stream=body)))
    return caught.value.detail


@pytest.mark.parametrize(("patience", "seconds"), [(5, 600), (600, 5), (None, 5)])
async def test_an_answer_is_read_to_its_end_whichever_limit_is_nearer(
    patience: float | None, seconds: float
) -> None:
    response = httpx.Response(200, stream=Body(b"one", b"two"))
    call = calling(response, patience=patience, limits=Limits(seconds))
    assert await read(call) == [b"one", b"two"]


async def test_the_size_limit_is_for_all_chunks_together() -> None:
    response = httpx.Response(200, stream=Body(b"12345", b"67890"))
    assert await read(calling(response, limits=Limits(bytes=10))) == [b"12345", b"67890"]
    response = httpx.Response(200, stream=Body(b"12345", b"67890"))
    with pytest.raises(ReplyTooLarge):
        await read(calling(response, limits=Limits(bytes=9)))


@pytest.mark.parametrize(("before", "kind"), [((), Unreachable), ((b"x",), Interrupted)])
async def test_a_lost_connection_after_one_byte_is_an_interruption(
    before: tuple[bytes, ...], kind: type[InferenceError]
) -> None:
    response = httpx.Response(200, stream=Body(*before, httpx.ReadError("reset")))
    with pytest.raises(kind):
        await read(calling(response))


async def test_a_redirect_is_not_followed() -> None:
    response = httpx.Response(307, headers={"Location": "http://elsewhere"}, stream=Body())
    with pytest.raises(WrongAddress):
        await read(calling(response))


async def test_quotas_are_reported_with_the_seconds_until_their_reset() -> None:
    heard: list[RateLimits] = []
    headers = {"X-RateLimit-Reset-Requests": str(time.time() + 60)}
    call = calling(httpx.Response(200, headers=headers, stream=Body(b"x")), heard=heard)
    assert call.rate_limits is None
    await read(call)
    assert heard == [call.rate_limits]
    assert heard[0].requests.reset == pytest.approx(60, abs=5)


@pytest.mark.parametrize(
    ("media_type", "body", "kind"),
    [
        ("text/html", b"<html>", UnreadableReply),
        ("Text/HTML; charset=utf-8", b"<html>", UnreadableReply),
        ("application/json", b'{"error":{"code":429}}', RateLimited),
        (" application/json ;charset=utf-8", b'{"error":{"code":429}}', RateLimited),
    ],
)
async def test_a_document_is_no_stream(
    media_type: str, body: bytes, kind: type[InferenceError]
) -> None:
    response = httpx.Response(200, headers={"Content-Type": media_type}, stream=Body(body))
    with pytest.raises(kind):
        await read(calling(response))


async def test_a_refusal_in_pieces_is_read_whole() -> None:
    raw = json.dumps({"error": {"message": "no such key"}}).encode()
    assert await refused(Body(raw[:9], raw[9:20], raw[20:])) == "no such key"


async def test_only_the_beginning_of_an_endless_refusal_is_read() -> None:
    body = Body(b"no such key " * 100, b" " * (MAX_ERROR_BYTES - 1_200), b"x", b"x")
    assert (await refused(body)).startswith("no such key no")
    assert body.read == 2


@pytest.mark.parametrize("broken", [httpx.ReadError("reset"), aiohttp.ClientPayloadError("reset")])
async def test_an_interrupted_refusal_keeps_the_bytes_received(broken: Exception) -> None:
    assert await refused(Body(b"no such key", broken)) == "no such key"


def test_a_reply_has_ten_minutes_and_32_megabytes() -> None:
    assert Limits() == Limits(seconds=600, bytes=32 * 1024 * 1024)
