"""The rehearsal's router and websockets."""

import asyncio
import ssl
from contextlib import suppress
from typing import Any

import pytest
import websockets

from tests.deploy.asgi_dyno import Receive, Send, asgi_dyno
from tests.deploy.conftest import IDLE_SECONDS, Streams
from tests.fetching.site import Site
from tests.rehearsal.router import Router

OFTEN = IDLE_SECONDS / 10
ASKED = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: chat\r\n\r\n"
SWITCHED = b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n"


def socket_of(router: Router) -> websockets.connect:
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    return websockets.connect(router.url.replace("https", "wss"), ssl=anybody)


async def end_of(reader: asyncio.StreamReader) -> None:
    with suppress(ConnectionResetError):
        await reader.read()


async def test_a_websocket_passes_both_ways_until_one_side_closes(router: Router) -> None:
    has_ended = asyncio.Event()

    async def echo(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (event := await receive())["type"] == "websocket.receive":
            await send({"type": "websocket.send", "text": event["text"]})
        assert event["code"] == 4000
        has_ended.set()

    async with asgi_dyno(echo) as port:
        router.dynos = [port]
        async with socket_of(router) as connection:
            for text in ("one", "two" * 1_000):
                await connection.send(text)
                assert await connection.recv() == text
            await connection.close(4000)
        await has_ended.wait()
    assert router.codes == []


async def test_pings_keep_a_websocket_open(router: Router) -> None:
    async def patient(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        await send({"type": "websocket.accept"})
        await asyncio.sleep(IDLE_SECONDS * 1.7)
        await send({"type": "websocket.close", "code": 1012})

    async with asgi_dyno(patient) as port:
        router.dynos = [port]
        async with socket_of(router) as connection:
            with pytest.raises(websockets.ConnectionClosed) as closed:
                await connection.recv()

    assert closed.value.rcvd
    assert closed.value.rcvd.code == 1012
    assert router.codes == []


async def test_bytes_received_with_the_head_are_forwarded(
    router: Router, connection: Streams
) -> None:
    heard = asyncio.Event()

    async def switch(writer: asyncio.StreamWriter) -> None:
        writer.write(SWITCHED + b"from the dyno")
        await heard.wait()

    reader, writer = connection
    async with Site(switch) as site:
        router.dynos = [site.port]
        writer.write(ASKED)

        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
        assert await reader.readexactly(13) == b"from the dyno"
        heard.set()
    assert site.headers()["connection"] == "Upgrade"
    assert site.headers()["upgrade"] == "chat"
    assert await reader.read() == b""


async def test_a_declined_upgrade_is_an_ordinary_request(
    router: Router, connection: Streams
) -> None:
    reader, writer = connection
    async with Site(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno") as site:
        router.dynos = [site.port]
        for _ in range(2):
            writer.write(ASKED)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 403")
            assert await reader.readexactly(2) == b"no"


async def test_a_silent_dyno_loses_its_websocket(router: Router, connection: Streams) -> None:
    async def switch(writer: asyncio.StreamWriter) -> None:
        writer.write(SWITCHED)
        await asyncio.Event().wait()

    reader, writer = connection
    async with Site(switch) as site:
        router.dynos = [site.port]
        writer.write(ASKED)
        await reader.readuntil(b"\r\n\r\n")
        while not site.client_left.is_set():
            writer.write(b".")
            await asyncio.sleep(OFTEN)
        await end_of(reader)
    assert router.codes == ["H15"]


async def test_a_silent_client_loses_its_websocket(router: Router, connection: Streams) -> None:
    async def switch(writer: asyncio.StreamWriter) -> None:
        writer.write(SWITCHED)
        while not site.client_left.is_set():
            writer.write(b".")
            await asyncio.sleep(OFTEN)

    reader, writer = connection
    async with Site(switch) as site:
        router.dynos = [site.port]
        writer.write(ASKED)
        await end_of(reader)
        await site.client_left.wait()
    assert router.codes == ["H28"]
