"""Servers on loopback: one that fails on demand, and the demo model as a real process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from chatapp.inference.client import InferenceClient
from chatapp.inference.errors import InferenceError
from chatapp.inference.service import Service
from chatapp.inference.transport import make_http_client
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    Delta,
    Finished,
    TextDelta,
    Usage,
)

from .wire import Answer

KEY = "inf-0123456789abcdef"

Serve = Callable[[Answer], Awaitable["FaultServer"]]
Ask = Callable[[str], CompletionRequest]
Connect = Callable[..., InferenceClient]

ANSWER = [TextDelta("Hel"), TextDelta("lo"), Usage(12, 3), Finished("stop")]  # of HELLO


class FaultServer:
    """Reads each request whole, keeps it, and lets `answer` write whatever bytes it likes."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.requests: list[bytes] = []
        self.connections = 0
        self.client_left = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def body(self, index: int = -1) -> dict[str, Any]:
        """The JSON of the latest request, or of the one at `index`."""
        body: dict[str, Any] = json.loads(self.requests[index].partition(b"\r\n\r\n")[2])
        return body

    def header(self, name: str, index: int = -1) -> str | None:
        head = self.requests[index].partition(b"\r\n\r\n")[0].decode()
        lines = (line.partition(": ") for line in head.split("\r\n"))
        return next((value for key, _, value in lines if key.lower() == name), None)

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, backlog=1024)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._server.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        self._tasks.add(task)
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
                self.requests.append(head + await reader.readexactly(length))
                await self._answer(writer)
        except (asyncio.IncompleteReadError, ConnectionError):
            self.client_left.set()
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    servers: list[FaultServer] = []

    async def start(answer: Answer) -> FaultServer:
        server = FaultServer(answer)
        await server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture(params=["aiohttp", "httpx"])
async def http(request: pytest.FixtureRequest) -> AsyncIterator[httpx.AsyncClient]:
    async with make_http_client(request.param, httpx.Timeout(10)) as client:
        yield client


@pytest.fixture
def naps() -> list[float]:
    """The seconds of every wait of the clients from `connect`; none of them takes any time."""
    return []


@pytest.fixture
def connect(http: httpx.AsyncClient, naps: list[float]) -> Callable[..., InferenceClient]:
    """An `InferenceClient` for a URL, over both transports in turn, without jitter."""

    async def sleep(seconds: float) -> None:
        naps.append(seconds)

    def make(url: str, key: str = KEY, **options: Any) -> InferenceClient:
        waiting = {"sleep": sleep, "chance": lambda: 0.0}
        return InferenceClient(Service("compatible", url, key), http, **waiting | options)

    return make


@pytest.fixture
def ask() -> Ask:
    def request(text: str) -> CompletionRequest:
        return CompletionRequest("m", (ChatMessage.from_text("user", text),), 8_192)

    return request


async def all_of(client: InferenceClient, request: CompletionRequest) -> list[Delta]:
    return [delta async for delta in client.stream(request)]


async def failure(
    client: InferenceClient, request: CompletionRequest
) -> tuple[list[Delta], InferenceError]:
    """What arrived before the error, and the error."""
    deltas: list[Delta] = []
    try:
        async for delta in client.stream(request):
            deltas.append(delta)
    except InferenceError as error:
        return deltas, error
    pytest.fail("the stream ended well")


@pytest.fixture(scope="session")
def demo_url() -> Iterator[str]:
    """The demo model as `make run` starts it: an inherited socket, and stdin as the leash."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        options = ["--watch-stdin", "--fd", str(listener.fileno()), "--key", KEY]
        process = subprocess.Popen(
            [sys.executable, "-m", "chatapp.inference.demo", *options],
            stdin=subprocess.PIPE,
            pass_fds=[listener.fileno()],
            env=os.environ | {"CHAT_DEMO_RATE": "0"},
        )
        host, port = listener.getsockname()
    yield f"http://{host}:{port}"
    process.communicate(timeout=10)
    assert process.returncode == 0
