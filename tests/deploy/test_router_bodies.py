"""The rehearsal's router streams bodies in both directions."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from tests.deploy.asgi_dyno import Receive, Send, answer, asgi_dyno, whole_body
from tests.deploy.conftest import Streams
from tests.fetching.site import Answer, Site
from tests.rehearsal.router import Router

LARGE = bytes(range(256)) * 12_000  # 3 MB: more than all buffers on the way hold


@pytest.mark.parametrize("framing", ["length", "chunks"])
async def test_bodies_are_forwarded_completely(
    router: Router, http: httpx.AsyncClient, framing: str
) -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        body = await whole_body(receive)
        length = {"Content_Length": str(len(body))} if framing == "length" else {}
        await answer(send, body, **length)

    async def pieces() -> AsyncIterator[bytes]:
        yield LARGE[:1]
        yield LARGE[1:]

    async with asgi_dyno(app) as port:
        router.dynos = [port]
        answered = await http.post("/", content=LARGE if framing == "length" else pieces())

    assert answered.content == LARGE
    assert ("content-length" in answered.headers) is (framing == "length")
    assert router.codes == []


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "6"}])
async def test_a_request_body_is_streamed(
    router: Router, http: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    has_arrived = asyncio.Event()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        first = await receive()
        assert first["body"] == b"one"
        has_arrived.set()
        await answer(send, first["body"] + await whole_body(receive))

    async def pieces() -> AsyncIterator[bytes]:
        yield b"one"
        await has_arrived.wait()
        yield b"two"

    async with asgi_dyno(app) as port:
        router.dynos = [port]
        answered = await http.post("/", content=pieces(), headers=headers)

    assert answered.text == "onetwo"


def plain(piece: bytes) -> bytes:
    return piece


def chunk(piece: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(piece), piece)


@pytest.mark.parametrize(
    ("framing", "framed"),
    [
        ("Content-Length: 6\r\n", plain),
        ("Transfer-Encoding: chunked\r\n", chunk),
        ("", plain),  # until the connection ends
    ],
)
async def test_a_response_body_is_streamed(
    router: Router, http: httpx.AsyncClient, framing: str, framed: Callable[[bytes], bytes]
) -> None:
    has_arrived = asyncio.Event()

    async def pieces(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 200 OK\r\n{framing}\r\n".encode() + framed(b"one"))
        await has_arrived.wait()
        writer.write(framed(b"two") + (chunk(b"") if framed is chunk else b""))

    async with Site(pieces) as site:
        router.dynos = [site.port]
        async with http.stream("GET", "/") as answered:
            arriving = answered.aiter_raw()
            assert await anext(arriving) == b"one"
            has_arrived.set()
            assert await anext(arriving) == b"two"
            assert await anext(arriving, b"") == b""
    assert router.codes == []


def stays_connected(head: str) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {head}\r\n\r\n".encode())
        await asyncio.Event().wait()

    return answer


@pytest.mark.parametrize(
    ("method", "head"),
    [
        ("HEAD", "200 OK\r\nContent-Length: 6"),
        ("HEAD", "200 OK\r\nTransfer-Encoding: chunked"),
        ("GET", "204 No Content"),
        ("GET", "304 Not Modified\r\nETag: x"),
    ],
)
async def test_a_response_without_a_body_is_complete_at_once(
    router: Router, http: httpx.AsyncClient, method: str, head: str
) -> None:
    async with Site(stays_connected(head)) as site:
        router.dynos = [site.port]

        for _ in range(2):
            answered = await http.request(method, "/")
            assert str(answered.status_code) == head[:3]
            assert answered.content == b""
    assert router.connections == 1
    assert router.codes == []


async def test_a_client_that_expects_100_continue_gets_it(
    router: Router, connection: Streams
) -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await answer(send, await whole_body(receive), Connection="close")

    reader, writer = connection
    async with asgi_dyno(app) as port:
        router.dynos = [port]
        writer.write(b"PUT / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n")
        writer.write(b"Content-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
        writer.write(b"yes")
        assert b"yes" in await reader.read()


async def test_a_response_before_the_end_of_the_body_arrives(
    router: Router, http: httpx.AsyncClient
) -> None:
    """The dyno closes the connection without reading the rest."""

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await answer(send, b"too large", 413, Connection="close")

    async with asgi_dyno(app) as port:
        router.dynos = [port]
        for _ in range(20):
            refused = await http.post("/", content=LARGE)
            assert (refused.status_code, refused.text) == (413, "too large")
    assert router.codes == []


async def test_an_http_1_0_client_gets_a_response_that_ends_with_the_connection(
    router: Router, connection: Streams
) -> None:
    reader, writer = connection
    async with Site(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk(b"one") + chunk(b"")
    ) as site:
        router.dynos = [site.port]
        writer.write(b"GET / HTTP/1.0\r\nHost: a\r\n\r\n")

        assert (await reader.read()).endswith(b"\r\n\r\none")
