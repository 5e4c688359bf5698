"""Tabs of the load, as cheap as they can be.

Hundreds of them share one core with the model, so they know how our servers write and parse no more
than what they measure. A Session (`tests/support/session.py`), with an HTTP library, JSON and
masked frames, would cost more than the app that it measures.
"""

import asyncio
import re
import time
from base64 import b64encode
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from tests.bench import model

TOKEN = "0" * 32  # any secret will do, so long as cookie and header are the same
NUMBER = re.compile(rb"\d+")
CLOSE, PING, PONG = 0x8, 0x9, 0xA
FINISHED = b'"message.finished"'
PULSE = b'"pulse"'


@dataclass(slots=True)
class Sighting:
    """When a run was asked for and each token was first here, in seconds of CLOCK_MONOTONIC."""

    run: str
    asked: float = 0.0
    seen: list[float] = field(default_factory=list)

    def look(self, data: bytes, at: float) -> None:
        """Note the newest token. Tokens come in order, so all before it are here too."""
        mark = f"w{self.run}x".encode()
        if (start := data.rfind(mark)) >= 0 and (digits := NUMBER.match(data, start + len(mark))):
            newest = int(digits[0])
            self.seen.extend([at] * (newest + 1 - len(self.seen)))


class Tab(asyncio.Protocol):
    """One socket. `ready` when the server greets, `pulsed` at its first pulse, `begun` at the first
    token, `finished` at the first message that ends; each fails when the line does."""

    def __init__(self, host: str, cookie: str, sighting: Sighting) -> None:
        self._host, self._cookie, self._sighting = host, cookie, sighting
        self._rest = b""
        self._upgraded = False
        loop = asyncio.get_running_loop()
        self.ready: asyncio.Future[None] = loop.create_future()
        self.pulsed: asyncio.Future[None] = loop.create_future()
        self.begun: asyncio.Future[None] = loop.create_future()
        self.finished: asyncio.Future[None] = loop.create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        head = (
            f"GET /ws/ HTTP/1.1\r\nHost: {self._host}\r\nOrigin: http://{self._host}\r\n"
            f"Cookie: sessionid={self._cookie}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {b64encode(uuid4().bytes).decode()}"
        )
        transport.write(head.encode() + b"\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self._rest += data
        if not self._upgraded:
            head, separator, rest = self._rest.partition(b"\r\n\r\n")
            if not separator:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                raise RuntimeError(head.decode())
            self._upgraded, self._rest = True, rest
        while self._take_frame(at):
            pass

    def connection_lost(self, error: Exception | None) -> None:
        for future in (self.ready, self.pulsed, self.begun, self.finished):
            if not future.done():
                future.set_exception(error or ConnectionError("the server closed the socket"))
                future.exception()  # nobody need have waited for it

    def close(self) -> None:
        self._transport.close()

    def _take_frame(self, at: float) -> bool:
        """Take a whole frame, if there is one. Servers don't mask, and ours divide no message."""
        data = self._rest
        if len(data) < 2:
            return False
        kind, length, start = data[0] & 0xF, data[1], 2
        if length >= 126:
            start = 4 if length == 126 else 10
            length = int.from_bytes(data[2:start]) if len(data) >= start else len(data)
        if len(data) < start + length:
            return False
        payload, self._rest = data[start : start + length], data[start + length :]
        self._take(kind, payload, at)
        return True

    def _take(self, kind: int, payload: bytes, at: float) -> None:
        if kind == PING:
            no_mask = bytes(4)
            self._transport.write(bytes([0x80 | PONG, 0x80 | len(payload)]) + no_mask + payload)
        elif kind == CLOSE:
            self._transport.close()
        else:
            self._sighting.look(payload, at)
            _settle(self.ready)
            if self._sighting.seen:
                _settle(self.begun)
            if PULSE in payload:
                _settle(self.pulsed)
            elif FINISHED in payload:
                _settle(self.finished)


class Reader(asyncio.Protocol):
    """One question to the floor, its answer read as it comes; `finished` when the line ends."""

    def __init__(self, question: str, sighting: Sighting) -> None:
        self._question, self._sighting = question, sighting
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        transport.write(model.request(self._question))

    def data_received(self, data: bytes) -> None:
        self._sighting.look(data, time.monotonic())

    def connection_lost(self, error: Exception | None) -> None:
        self.finished.set_result(None)


async def send(url: str, cookie: str, question: str, conversation: str = "") -> None:
    """Begin a conversation as the page's own script does; without an id, any. Raises RuntimeError
    when refused."""
    host, path = urlsplit(url).netloc, f"/c/{conversation or uuid4()}/messages"
    first = {} if conversation else {"parent": ""}
    body = urlencode({"client_id": uuid4(), "text": question, **first}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n"
        f"Accept: application/json\r\nCookie: sessionid={cookie}; csrftoken={TOKEN}\r\n"
        f"X-CSRFToken: {TOKEN}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    reader, writer = await asyncio.open_connection(*host.split(":"))
    try:
        writer.write(head.encode() + body)
        answer = await reader.read()
    finally:
        writer.close()
    if b" 201 " not in answer[:20]:
        raise RuntimeError(answer.decode(errors="replace"))


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
