"""A line between browser and server, at TCP: it can be cut, as a tunnel cuts it, or forge bytes."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Line:
    """Forwards connections to a port on this machine until it is cut, and again once mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.forged: dict[bytes, bytes] = {}  # what comes in place of other bytes, as many
        self._loop = asyncio.new_event_loop()
        self._forwarding: set[asyncio.Task[None] | None] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._open = True
        self._sockets: set[asyncio.StreamWriter] = set()
        self._silenced: set[asyncio.StreamWriter] = set()
        self.url = ""

    def cut(self) -> None:
        """Ends every connection; new ones are closed at once."""
        self._open = False
        self._loop.call_soon_threadsafe(self._abort)

    def silence(self) -> None:
        """The sockets of now look open for ever, and nothing comes through them any more."""
        self._silenced |= self._sockets

    def mend(self) -> None:
        self._open = True

    def _abort(self) -> None:
        for writer in tuple(self._writers):
            writer.transport.abort()

    async def _serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        server = await asyncio.start_server(self._forward, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        ready.set()
        await end.wait()
        server.close()
        self._abort()
        await asyncio.gather(*filter(None, self._forwarding))

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._forwarding.add(asyncio.current_task())
        if not self._open:
            writer.transport.abort()
            return
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._writers |= {writer, there_writer}
        await asyncio.gather(self._copy(reader, there_writer), self._copy(there_reader, writer))
        self._writers -= {writer, there_writer}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Either end may break off at any moment; that is what this line is for.
        with suppress(ConnectionError):
            while data := await reader.read(65_536):
                if b"\r\nUpgrade: websocket" in data or b"\r\nupgrade: websocket" in data:
                    self._sockets.add(writer)
                for there, here in self.forged.items():
                    data = data.replace(there, here)
                if writer not in self._silenced:
                    writer.write(data)
                    await writer.drain()
        writer.close()


@contextmanager
def line_to(port: int) -> Iterator[Line]:
    line, ready, end = Line(port), threading.Event(), asyncio.Event()
    thread = threading.Thread(target=lambda: line._loop.run_until_complete(line._serve(ready, end)))
    thread.start()
    ready.wait()
    try:
        yield line
    finally:
        line._loop.call_soon_threadsafe(end.set)
        thread.join()
        line._loop.close()
