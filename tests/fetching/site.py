"""Servers on loopback that answer whatever bytes a test likes, and a network that leads to them."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Address

from chatapp.fetching.addresses import Address, is_public
from chatapp.fetching.network import Network, public_tls

LOOPBACK = "127.0.0.1"

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def reply(status: str, body: bytes = b"", **headers: str) -> bytes:
    """`headers` are named with underscores; Content-Length is the body's unless given."""
    named = {"Content-Length": str(len(body))}
    named |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in named.items())]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return reply(status, Location=location)


class Site:
    """Answers the n-th request with the n-th of `answers`, and the last for all that follow.

    One that `greets` does not wait for the request.
    """

    def __init__(
        self, *answers: bytes | Answer, tls: ssl.SSLContext | None = None, greets: bool = False
    ) -> None:
        self.answers = answers
        self._tls = tls
        self._greets = greets
        self.requests: list[str] = []
        self.asked = asyncio.Event()
        self.client_left = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Site:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0, ssl=self._tls)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def url(self, path: str = "/", host: str = "images.example.com") -> str:
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def headers(self, index: int = -1) -> dict[str, str]:
        lines = self.requests[index].split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            head = b"" if self._greets else await reader.readuntil(b"\r\n\r\n")
            self.requests.append(head.decode().removesuffix("\r\n\r\n"))
            self.asked.set()
            watching = asyncio.create_task(self._watch(reader))
            self._tasks.add(watching)
            answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
            if isinstance(answer, bytes):
                writer.write(answer)
                await writer.drain()
            else:
                await answer(writer)
        writer.close()

    async def _watch(self, reader: asyncio.StreamReader) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        self.client_left.set()


class Names:
    """A resolver: each look-up of a name takes its next answer, the last one for ever."""

    def __init__(self, **answers: Sequence[Sequence[str]]) -> None:
        self._answers = {name.replace("_", "."): list(turns) for name, turns in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, host: str, port: int) -> list[str]:
        self.asked.append(host)
        turns = self._answers.get(host)
        if not turns:
            raise OSError(f"no such name: {host}")
        return list(turns.pop(0) if len(turns) > 1 else turns[0])


def opened(
    *sites: Site,
    names: Callable[[str, int], Awaitable[list[str]]] | None = None,
    tls: Callable[[], ssl.SSLContext] = public_tls,
) -> Network:
    """The strict network with a hole for each of these sites: their port on 127.0.0.1."""
    ports = {site.port for site in sites}

    def permits(address: Address, port: int) -> bool:
        return is_public(address) or (address == IPv4Address(LOOPBACK) and port in ports)

    return Network(names or Names(images_example_com=[[LOOPBACK]]), permits, tls)
