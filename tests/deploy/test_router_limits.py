"""The time limits of the rehearsal's router, and the platform's codes for them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.deploy.asgi_dyno import Receive, Send, answer, asgi_dyno, whole_body
from tests.deploy.conftest import FIRST_BYTE_SECONDS, IDLE_SECONDS, Streams
from tests.fetching.site import Site, reply
from tests.rehearsal.router import Router

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
OFTEN = IDLE_SECONDS / 10


async def stays_silent(writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def sends_one_piece(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"one")
    await asyncio.Event().wait()


async def sends_slowly(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(15):
        writer.write(b".")
        await asyncio.sleep(OFTEN)


async def closes_at_once(writer: asyncio.StreamWriter) -> None:
    pass


async def closes_in_mid_response(writer: asyncio.StreamWriter) -> None:
    writer.write(HEAD + b"one")


async def test_a_silent_dyno_is_abandoned(router: Router, http: httpx.AsyncClient) -> None:
    async with Site(stays_silent, reply("200 OK")) as site:
        router.dynos = [site.port]

        refused = await http.get("/")
        await site.client_left.wait()

        assert refused.status_code == 503
        assert "H12" in refused.text
        assert (await http.get("/")).status_code == 200
    assert router.codes == ["H12"]


async def test_the_wait_begins_when_the_dyno_has_the_whole_request(
    router: Router, http: httpx.AsyncClient
) -> None:
    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await answer(send, await whole_body(receive))

    async def slowly() -> AsyncIterator[bytes]:
        yield b"one"
        await asyncio.sleep(FIRST_BYTE_SECONDS * 1.5)
        yield b"two"

    async with asgi_dyno(app) as port:
        router.dynos = [port]
        assert (await http.post("/", content=slowly())).text == "onetwo"
    assert router.codes == []


async def test_a_response_that_stalls_is_interrupted(
    router: Router, http: httpx.AsyncClient
) -> None:
    async with Site(sends_one_piece) as site:
        router.dynos = [site.port]

        with pytest.raises(httpx.RemoteProtocolError, match="peer closed"):
            await http.get("/")
        await site.client_left.wait()
    assert router.codes == ["H15"]


async def test_every_byte_of_a_response_restarts_the_time_limit(
    router: Router, http: httpx.AsyncClient
) -> None:
    async with Site(sends_slowly) as site:
        router.dynos = [site.port]

        assert len((await http.get("/")).content) * OFTEN > IDLE_SECONDS
    assert router.codes == []


async def test_a_client_that_stalls_in_its_request_is_disconnected(
    router: Router, connection: Streams
) -> None:
    reader, writer = connection
    async with Site(stays_silent) as site:
        router.dynos = [site.port]
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\none")

        assert (await reader.readline()).startswith(b"HTTP/1.1 503")
    assert router.codes == ["H28"]


async def test_a_dyno_that_stops_reading_is_abandoned(
    router: Router, http: httpx.AsyncClient
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        router.dynos = [listening.getsockname()[1]]

        assert (await http.post("/", content=bytes(20_000_000))).status_code == 503
    assert router.codes == ["H15"]


async def test_a_dyno_that_closes_without_a_response_is_h13(
    router: Router, http: httpx.AsyncClient
) -> None:
    async with Site(closes_at_once) as site:
        router.dynos = [site.port]

        refused = await http.get("/")

    assert refused.status_code == 503
    assert router.codes == ["H13"]


async def test_a_dyno_that_closes_in_mid_response_is_h18(
    router: Router, http: httpx.AsyncClient
) -> None:
    async with Site(closes_in_mid_response) as site:
        router.dynos = [site.port]
        async with http.stream("GET", "/") as answered:
            arriving = answered.aiter_raw()

            assert await anext(arriving) == b"one"
            with pytest.raises(httpx.RemoteProtocolError, match="peer closed"):
                await anext(arriving)
    assert router.codes == ["H18"]


async def test_an_invalid_response_is_h17(router: Router, http: httpx.AsyncClient) -> None:
    async with Site(b"220 mail.example.com\r\n\r\n") as site:
        router.dynos = [site.port]

        assert (await http.get("/")).status_code == 503
    assert router.codes == ["H17"]


@pytest.mark.parametrize(
    "nonsense",
    [
        b"220 mail.example.com\r\n\r\n",
        b"GET / HTTP/1.0\r\n\r\n",
        b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nnonsense\r\n",
    ],
)
async def test_an_invalid_request_is_h26(
    router: Router, connection: Streams, nonsense: bytes
) -> None:
    reader, writer = connection
    async with Site(stays_silent) as site:
        router.dynos = [site.port]
        writer.write(nonsense)

        assert (await reader.readline()).startswith(b"HTTP/1.1 400")
    assert router.codes == ["H26"]


async def test_the_dyno_is_disconnected_when_the_client_leaves(
    router: Router, http: httpx.AsyncClient, connection: Streams
) -> None:
    _, writer = connection
    async with Site(stays_silent, reply("200 OK")) as site:
        router.dynos = [site.port]
        writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        await site.asked.wait()

        writer.close()
        await site.client_left.wait()

        await http.get("/")  # it is recorded by now
    assert router.codes == ["H27"]


async def test_an_error_of_the_router_is_h99(router: Router, http: httpx.AsyncClient) -> None:
    router.dynos = [70_000]  # no port

    with pytest.raises(httpx.RemoteProtocolError):
        await http.get("/")
    assert router.codes == ["H99"]
