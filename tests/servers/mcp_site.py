"""An MCP server on loopback that does to its clients whatever a test likes.

It speaks the protocol from plain sockets, as of 2025-11-25 with sessions, and answers each method
as `answers` says: with bytes of HTTP, or with a function that gives them or writes them itself.
"""

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from tests.fetching.site import LOOPBACK, reply

PIECE = b"x" * 65_536
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
EVENTS = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
TEXT = {"content": [{"type": "text", "text": "It rains."}]}


@dataclass(frozen=True)
class Asked:
    """One received request."""

    verb: str
    headers: Mapping[str, str]  # names in lower case
    message: Mapping[str, Any]
    writer: asyncio.StreamWriter = field(repr=False)

    @property
    def method(self) -> str:
        """Return the method of the protocol, or of HTTP where there is no message."""
        return self.message.get("method", self.verb)


Answer = bytes | Callable[[Asked], bytes | Awaitable[bytes | None]]


def in_json(asked: Asked, **answer: Any) -> bytes:
    """Return the response with `result` or `error` to a request."""
    message = {"jsonrpc": "2.0", "id": asked.message.get("id"), **answer}
    return reply("200 OK", json.dumps(message).encode(), Content_Type="application/json")


def giving(result: Any) -> Callable[[Asked], bytes]:
    return lambda asked: in_json(asked, result=result)


def tool(name: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "inputSchema": {"type": "object"}} | more


def listing(*tools: Any, **more: Any) -> Callable[[Asked], bytes]:
    return giving({"tools": list(tools), **more})


async def for_ever(asked: Asked) -> None:
    await asyncio.Event().wait()


async def die(asked: Asked) -> None:
    asked.writer.transport.abort()


async def cut(asked: Asked) -> None:
    """Close in the middle of the response."""
    asked.writer.write(JSON % 5_000 + b'{"jsonrpc"')
    await asked.writer.drain()
    asked.writer.transport.abort()


async def close(asked: Asked) -> None:
    """Close without any event."""
    asked.writer.write(EVENTS)
    asked.writer.close()


def pouring(head: bytes, size: int, before: bytes = b"") -> Callable[[Asked], Awaitable[None]]:
    """Send this many bytes, as long as the client reads them."""

    async def pour(asked: Asked) -> None:
        asked.writer.write(head + before)
        for _ in range(size // len(PIECE)):
            asked.writer.write(PIECE)
            await asked.writer.drain()

    return pour


class McpSite:
    """Used as a block. `asked` are the requests in their order, `open` the connections now."""

    def __init__(self, **answers: Answer) -> None:
        self.answers: dict[str, Answer] = {
            "server/discover": reply("400 Bad Request"),
            "initialize": self._begin,
            "notifications/initialized": reply("202 Accepted"),
            "notifications/cancelled": reply("202 Accepted"),
            "tools/list": listing(tool("look")),
            "tools/call": giving(TEXT),
            "DELETE": reply("200 OK"),
        }
        named = {"call": "tools/call", "list": "tools/list", "begin": "initialize"}
        self.answers |= {named.get(name, name): answer for name, answer in answers.items()}
        self.asked: list[Asked] = []
        self.sessions: set[str] = set()
        self.called = asyncio.Event()
        self.open = 0
        self._begun = 0
        self._is_over = False
        self._lines: dict[asyncio.Task[None], asyncio.StreamWriter] = {}

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, LOOPBACK, 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        self.url = f"http://{LOOPBACK}:{self.port}/mcp"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self._is_over = True
        for task, writer in self._lines.items():
            task.cancel()
            writer.transport.abort()
        await asyncio.gather(*self._lines, return_exceptions=True)
        await self._server.wait_closed()

    def methods(self) -> list[str]:
        return [asked.method for asked in self.asked]

    def _begin(self, asked: Asked) -> bytes:
        self._begun += 1
        session = f"session{self._begun}"
        self.sessions.add(session)
        about = {"capabilities": {"tools": {}}, "serverInfo": {"name": "site", "version": "1"}}
        head, _, body = in_json(asked, result={"protocolVersion": "2025-11-25", **about}).partition(
            b"\r\n"
        )
        return head + f"\r\nMcp-Session-Id: {session}\r\n".encode() + body

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_over:  # it arrived in the last moment
            writer.transport.abort()
        else:
            self._lines[asyncio.create_task(self._serve(reader, writer))] = writer

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        try:
            with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                while asked := await _read(reader, writer):
                    await self._answer(asked)
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, asked: Asked) -> None:
        self.asked.append(asked)
        if asked.method == "tools/call":
            self.called.set()
        session = asked.headers.get("mcp-session-id")
        if session and session not in self.sessions:
            asked.writer.write(reply("404 Not Found"))
            return
        answer = self.answers[asked.method]
        said = answer if isinstance(answer, bytes) else answer(asked)
        if isinstance(said, Awaitable):
            said = await said
        asked.writer.write(said or b"")
        await asked.writer.drain()


async def _read(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Asked | None:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
    pairs = (line.partition(": ") for line in head[1:])
    headers = {name.lower(): value for name, _, value in pairs if name}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Asked(head[0].split(" ")[0], headers, json.loads(body or "{}"), writer)
