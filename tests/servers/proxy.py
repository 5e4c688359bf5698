"""The proxy of the tests: in front of one process or several, for browsers and everything else.

It hands out connections in turn, nothing is sticky, and it knows nothing of HTTP. That is enough:
browsers keep few connections and open new ones all the time, so the requests and the socket of one
page reach all processes. A process that refuses a connection is passed over, as a router does with
a server that is gone. The network fails here too: connections drop, new ones are refused, sockets
fall silent, bytes are replaced.

The router of the rehearsal (`tests/rehearsal/router.py`) is not this one: it ends TLS, reads HTTP
and has the platform's time limits, which is what the rehearsal tests.
"""

import asyncio
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

from tests.servers.loop_thread import served_in_thread

CHUNK = 65_536  # bytes
UPGRADE = b"\r\nupgrade: websocket"


class Proxy:
    """Runs on a loop of its own in a thread; every method may be called from any other."""

    def __init__(self, ports: Sequence[int]) -> None:
        self.url = ""
        self.rotation = list(ports)  # tried from the next one on; may be changed at any time
        self.replaced: dict[bytes, bytes] = {}  # in everything that passes, as many bytes for each
        self._loop = asyncio.new_event_loop()
        self._turn = 0
        self._is_up = True
        self._clients: set[asyncio.StreamWriter] = set()
        self._sockets: set[asyncio.StreamWriter] = set()
        self._silenced: set[asyncio.StreamWriter] = set()

    @property
    def connections(self) -> int:
        return len(self._clients)

    def drop(self, share: float = 1.0) -> int:
        """Break off connections, each with the probability `share`; return how many."""
        return self._call(lambda: self._drop(share))

    def go_down(self) -> None:
        """End every connection, and each new one at once, until `come_up`."""
        self._is_up = False
        self.drop()

    def come_up(self) -> None:
        self._is_up = True

    def silence(self) -> None:
        """Keep the present sockets open for ever, but pass nothing through them any more."""
        self._silenced |= self._sockets

    def _call[T](self, function: Callable[[], T]) -> T:
        async def call() -> T:
            return function()

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result()

    def _drop(self, share: float) -> int:
        dropped = [writer for writer in self._clients if random.random() < share]
        for writer in dropped:
            writer.transport.abort()
        return len(dropped)

    async def _serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await end.wait()
        server.close()
        self._drop(1.0)
        others = asyncio.all_tasks() - {asyncio.current_task()}
        await asyncio.gather(*others, return_exceptions=True)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await self._connect() if self._is_up else None
        if there is None:
            writer.transport.abort()
            return
        there_reader, there_writer = there
        self._clients.add(writer)
        try:
            await asyncio.gather(self._copy(reader, there_writer), self._copy(there_reader, writer))
        finally:
            for writers in (self._clients, self._sockets, self._silenced):
                writers -= {writer, there_writer}

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Connect to the next process that takes a connection."""
        ports = list(self.rotation)
        for _ in ports:
            self._turn += 1
            with suppress(ConnectionError):
                return await asyncio.open_connection("127.0.0.1", ports[self._turn % len(ports)])
        return None

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Forward one direction until it ends. A broken end breaks the other too."""
        try:
            while data := await reader.read(CHUNK):
                if UPGRADE in data.lower():
                    self._sockets.add(writer)
                for there, here in self.replaced.items():
                    data = data.replace(there, here)
                if writer not in self._silenced:
                    writer.write(data)
                    await writer.drain()
        except ConnectionError:
            writer.transport.abort()
        else:
            writer.close()


@contextmanager
def running_proxy(*ports: int) -> Iterator[Proxy]:
    proxy = Proxy(ports)
    with served_in_thread(proxy._serve, proxy._loop):
        yield proxy
