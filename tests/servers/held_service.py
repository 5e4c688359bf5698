"""A service that a tool calls: it counts the calls and answers none until it is released."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WAIT = 30  # seconds until a call that does not come is a failure
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nding"


class HeldService:
    def __init__(self) -> None:
        self.url = ""
        self.calls = 0
        self._changed = asyncio.Condition()
        self._is_released, self._has_answered = asyncio.Event(), asyncio.Event()

    def release(self) -> None:
        self._is_released.set()

    async def called(self, times: int = 1) -> None:
        async with asyncio.timeout(WAIT), self._changed:
            await self._changed.wait_for(lambda: self.calls >= times)

    async def answered(self) -> None:
        """Wait until somebody has read an answer and closed the connection."""
        async with asyncio.timeout(WAIT):
            await self._has_answered.wait()

    async def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        async with self._changed:
            self.calls += 1
            self._changed.notify_all()
        await self._is_released.wait()
        writer.write(ANSWER)
        await reader.read()
        writer.close()
        self._has_answered.set()


@asynccontextmanager
async def running_held_service() -> AsyncIterator[HeldService]:
    service = HeldService()
    server = await asyncio.start_server(service._call, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        yield service
        service.release()
