"""One HTTP call on its own, answered without a network: in pieces, too long, or with odd errors."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import aiohttp
import httpx
import pytest

from chatapp.inference.call import MAX_ERROR_BYTES, Call, Limits
from chatapp.inference.errors import InferenceError, KeyRefused, RateLimited, UnreadableReply
from chatapp.inference.headroom import Headroom


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


async def read(
    response: httpx.Response, *, patience: float | None = 5, seconds: float = 600
) -> bytes:
    def answer(request: httpx.Request) -> httpx.Response:
        return response

    def ignore(headroom: Headroom) -> None:
        raise AssertionError(f"no header spoke of {headroom}")

    transport = httpx.MockTransport(answer)
    async with httpx.AsyncClient(transport=transport, timeout=patience) as http:
        request = http.build_request("POST", "http://x")
        call = Call(http, request, Limits(seconds), "", ignore)
        return b"|".join([chunk async for chunk in call.chunks()])


async def refused(body: Body) -> str:
    with pytest.raises(KeyRefused) as caught:
        await read(httpx.Response(401, stream=body))
    return caught.value.detail


@pytest.mark.parametrize(("patience", "seconds"), [(5, 600), (600, 5), (None, 5)])
async def test_an_answer_is_read_to_its_end_whichever_limit_is_nearer(
    patience: float | None, seconds: float
) -> None:
    response = httpx.Response(200, stream=Body(b"one", b"two"))
    assert await read(response, patience=patience, seconds=seconds) == b"one|two"


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
    with pytest.raises(kind):
        await read(httpx.Response(200, headers={"Content-Type": media_type}, stream=Body(body)))


async def test_a_refusal_in_pieces_is_read_whole() -> None:
    raw = json.dumps({"error": {"message": "no such key"}}).encode()
    assert await refused(Body(raw[:9], raw[9:20], raw[20:])) == "no such key"


async def test_of_an_endless_refusal_the_beginning_is_read() -> None:
    body = Body(b"no such key " * 100, b" " * (MAX_ERROR_BYTES - 1_200), b"x", b"x")
    assert (await refused(body)).startswith("no such key no")
    assert body.read == 2


@pytest.mark.parametrize("broken", [httpx.ReadError("reset"), aiohttp.ClientPayloadError("reset")])
async def test_a_refusal_that_breaks_off_keeps_what_came(broken: Exception) -> None:
    assert await refused(Body(b"no such key", broken)) == "no such key"


def test_a_reply_has_ten_minutes_and_32_megabytes() -> None:
    assert Limits() == Limits(seconds=600, bytes=32 * 1024 * 1024)
