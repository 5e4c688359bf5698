"""The shared HTTP client: how long it waits, and where the key must not go."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import httpx
import pytest

from chatapp.inference.transport import HttpTransport, make_http_client

from .conftest import Serve
from .wire import plain, writes

KINDS: tuple[HttpTransport, ...] = ("aiohttp", "httpx")
both = pytest.mark.parametrize("kind", KINDS, ids=["fast", "plain"])


@both
async def test_it_waits_10_seconds_to_connect_and_300_for_each_chunk(kind: HttpTransport) -> None:
    async with make_http_client(kind) as http:
        assert http.timeout == httpx.Timeout(connect=10, read=300, write=30, pool=None)


@pytest.mark.parametrize(
    ("kind", "shows_its_socket"), [((), False), (("httpx",), True)], ids=["default", "plain"]
)
async def test_aiohttp_is_the_default_transport(
    serve: Serve, kind: tuple[HttpTransport, ...], shows_its_socket: bool
) -> None:
    server = await serve(writes(plain("200 OK", b"x")))
    async with make_http_client(*kind) as http:
        response = await http.post(server.url, content=b"x")
    assert ("network_stream" in response.extensions) == shows_its_socket


@both
async def test_proxies_of_the_environment_are_ignored(
    serve: Serve, monkeypatch: pytest.MonkeyPatch, kind: HttpTransport
) -> None:
    server, proxy = (
        await serve(writes(plain("200 OK", b"direct"))),
        await serve(writes(plain("200 OK", b"proxy"))),
    )
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    async with make_http_client(kind) as http:
        assert (await http.post(server.url, content=b"x")).content == b"direct"
    assert proxy.requests == []


@both
async def test_no_connection_waits_for_another(serve: Serve, kind: HttpTransport) -> None:
    """The libraries allow 100 by default."""
    everybody = asyncio.Barrier(110)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await everybody.wait()
        writer.write(plain("200 OK", b"x"))

    server = await serve(answer)
    async with make_http_client(kind) as http, asyncio.timeout(5):
        await asyncio.gather(*(http.post(server.url, content=b"x") for _ in range(110)))
    assert server.connections == 110


@both
async def test_an_untrusted_certificate_is_refused(kind: HttpTransport) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(Path(__file__).parent / "self_signed.pem")
    answered: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        answered.append(await reader.read(1))
        writer.write(plain("200 OK", b"x"))
        await writer.drain()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        async with make_http_client(kind) as http:
            with pytest.raises(httpx.TransportError, match="CERTIFICATE_VERIFY_FAILED"):
                await http.post(f"https://127.0.0.1:{port}", content=b"x")
    assert answered == []
