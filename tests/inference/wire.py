"""What a server writes, byte for byte, and answers that write it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

STREAMS = Path(__file__).parent.parent / "streams"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def event(**delta: object) -> bytes:
    return b"data: " + json.dumps({"choices": [{"delta": delta}]}).encode() + b"\n\n"


def text_event(text: str) -> bytes:
    return event(content=text)


def stream_of(name: str) -> bytes:
    return OK + chunk((STREAMS / f"{name}.sse").read_bytes()) + b"0\r\n\r\n"


def plain(status: str, body: bytes, media_type: str = "application/json", **headers: str) -> bytes:
    """`headers` are named with underscores."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def refusal(status: int, message: str = "", **headers: str) -> bytes:
    body = json.dumps({"error": {"code": status, "message": message}}).encode()
    return plain(f"{status} No", body, **headers)


HELLO = stream_of("heroku")
BLOCKED = plain("403 Forbidden", b"<html>Request blocked.</html>", "text/html")


def writes(data: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()

    return answer


def writes_and_closes(data: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        raise ConnectionResetError

    return answer


def writes_and_resets(data: bytes) -> Answer:
    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        await writer.drain()
        writer.transport.abort()
        raise ConnectionResetError

    return answer


def writes_and_half_closes(data: bytes) -> Answer:
    """Announce that nothing more will come, and continue to read."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        writer.write(data)
        writer.write_eof()
        await writer.drain()

    return answer


def in_turn(*answers: bytes | Answer) -> Answer:
    """The first for the first request and so on; the last one for all that follow."""
    queue = [writes(answer) if isinstance(answer, bytes) else answer for answer in answers]

    async def answer(writer: asyncio.StreamWriter) -> None:
        await (queue.pop(0) if len(queue) > 1 else queue[0])(writer)

    return answer
