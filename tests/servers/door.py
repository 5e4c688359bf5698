"""Something outside that a tool reaches: it notes who comes, and keeps everybody waiting until it
is opened."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

WAIT = 30  # seconds until somebody who does not come is a failure
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nding"


class Door:
    def __init__(self) -> None:
        self.url = ""
        self.visits = 0
        self._changed = asyncio.Condition()
        self._is_open, self._is_left = asyncio.Event(), asyncio.Event()

    def open(self) -> None:
        self._is_open.set()

    async def visited(self, times: int = 1) -> None:
        async with asyncio.timeout(WAIT), self._changed:
            await self._changed.wait_for(lambda: self.visits >= times)

    async def left(self) -> None:
        """Waits until somebody has gone with an answer."""
        async with asyncio.timeout(WAIT):
            await self._is_left.wait()

    async def _visit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        async with self._changed:
            self.visits += 1
            self._changed.notify_all()
        await self._is_open.wait()
        writer.write(ANSWER)
        await reader.read()
        writer.close()
        self._is_left.set()


@asynccontextmanager
async def door() -> AsyncIterator[Door]:
    door = Door()
    server = await asyncio.start_server(door._visit, "127.0.0.1", 0)
    door.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with server:
        yield door
        door.open()
