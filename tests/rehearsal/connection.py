"""One side of the router: a connection and the HTTP/1.1 that it carries."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial

import h11

CHUNK = 65_536  # bytes
HEAD = 262_144  # bytes of a head that is not complete yet


class Connection:
    """A connection that is gone accepts any write, and reads as ended.

    So all of an answer arrives from a dyno that closes before it has read the request.
    """

    def __init__(
        self,
        role: type,  # h11.CLIENT or h11.SERVER: what the router is on it
        receive: Callable[[], Awaitable[bytes]],
        transmit: Callable[[bytes], Awaitable[None]],
    ) -> None:
        self.http = h11.Connection(role, HEAD)
        self.has_ended = False
        self._receive = receive
        self._transmit = transmit

    @property
    def has_answered(self) -> bool:
        """Return whether the head of an answer was sent; no other answer is possible then."""
        return self.http.our_state not in (h11.IDLE, h11.SEND_RESPONSE)

    async def next_event(self) -> h11.Event:
        """Raises h11.RemoteProtocolError for what is no HTTP and for an end in the middle."""
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self.http.receive_data(await self.read())
        return event

    async def send(self, event: h11.Event) -> None:
        if data := self.http.send(event):
            await self.write(data)

    async def read(self) -> bytes:
        """Return the next bytes; b"" at the end."""
        try:
            data = await self._receive()
        except OSError:
            data = b""
        self.has_ended = not data
        return data

    async def write(self, data: bytes) -> None:
        with suppress(OSError):
            await self._transmit(data)


def connection_of_a_client(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> Connection:
    async def transmit(data: bytes) -> None:
        writer.write(data)
        await writer.drain()

    return Connection(h11.SERVER, partial(reader.read, CHUNK), transmit)


def connection_to_a_dyno(connection: socket.socket) -> Connection:
    """Connect without asyncio's streams, which drop received bytes once a write fails."""
    loop = asyncio.get_running_loop()
    receive = partial(loop.sock_recv, connection, CHUNK)
    return Connection(h11.CLIENT, receive, partial(loop.sock_sendall, connection))


async def socket_to(port: int) -> socket.socket:
    connection = socket.socket()
    try:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    except BaseException:
        connection.close()
        raise
    return connection
