"""A plain proxy in front of several app processes: round robin, nothing sticky.

It hands out connections and knows nothing of HTTP. That is enough: browsers keep few connections
and open new ones all the time, so the requests and the socket of one page meet all processes. A
process that refuses a connection is passed over, as a router does with a server that is gone.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

CHUNK = 65_536  # bytes


class Proxy:
    """Runs on a loop of its own in a thread; every method may be called from any other."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.url = ""
        self.rotation = list(ports)  # tried from the next one on; may be changed at any time
        self._turn = 0
        self._loop = asyncio.new_event_loop()
        self._lines: set[asyncio.StreamWriter] = set()  # the side of the clients

    @property
    def connections(self) -> int:
        return len(self._lines)

    def cut(self, share: float = 1.0) -> int:
        """Breaks off connections, each with the probability `share`; gives how many."""
        return self._call(lambda: self._cut(share))

    def _call[T](self, function: Callable[[], T]) -> T:
        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def _cut(self, share: float) -> int:
        unlucky = [writer for writer in self._lines if random.random() < share]
        for writer in unlucky:
            writer.transport.abort()
        return len(unlucky)

    async def _serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await end.wait()
        server.close()
        self._cut(1.0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._connect()
        if there is None:
            writer.transport.abort()
            return
        there_reader, there_writer = there
        self._lines.add(writer)
        try:
            await asyncio.gather(_copy(reader, there_writer), _copy(there_reader, writer))
        finally:
            self._lines.discard(writer)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """A connection to the next process that takes one."""
        ports = list(self.rotation)
        for _ in ports:
            self._turn += 1
            with suppress(ConnectionError):
                return await asyncio.open_connection("127.0.0.1", ports[self._turn % len(ports)])
        return None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One direction until it ends. An end that breaks off breaks off the other too."""
    try:
        while data := await reader.read(CHUNK):
            writer.write(data)
            await writer.drain()
    except ConnectionError:
        writer.transport.abort()
    else:
        writer.close()


@contextmanager
def running_proxy(ports: Sequence[int]) -> Iterator[Proxy]:
    proxy, ready, end = Proxy(ports), threading.Event(), asyncio.Event()
    serving = proxy._serve(ready, end)
    thread = threading.Thread(target=proxy._loop.run_until_complete, args=(serving,))
    thread.start()
    ready.wait()
    try:
        yield proxy
    finally:
        proxy._loop.call_soon_threadsafe(end.set)
        thread.join()
        proxy._loop.close()
