"""Stand in for Heroku's router, for rehearsing a deployment on one machine.

TLS ends here, and each request goes in plain HTTP to a random dyno. Clients keep their connections.
The real router keeps those to dynos too. Here each request has its own, which is closed after the
answer without `Connection: close`, because a dyno that answers early would close it on the rest of
the request. Failures get the platform's codes:

H12  no byte of the answer in time          H17  no HTTP from the dyno
H13  the dyno closed without an answer      H18  the dyno closed in the middle of its answer
H14  there is no dyno                       H21  no dyno takes the connection
H15  nothing from the dyno for too long     H26  no proper HTTP from the client
H28  nothing from the client for too long   H27  the client left before the answer
H99  a fault of the router itself
"""

import asyncio
import random
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path

import h11

from tests.rehearsal import heads
from tests.rehearsal.connection import (
    Connection,
    connection_of_a_client,
    connection_to_a_dyno,
    socket_to,
)
from tests.rehearsal.exchange import ClientLeft, Exchange, Failure, Limits
from tests.servers.loop_thread import served_in_thread

BOTH_DONE = {h11.CLIENT: h11.DONE, h11.SERVER: h11.DONE}


class Router:
    """Runs on its own loop in a thread; public methods may be called from other threads."""

    def __init__(self, limits: Limits) -> None:
        self.url = ""
        self.plain_url = ""  # the same without TLS
        self.dynos: list[int] = []  # ports; may be replaced at any time
        self.codes: list[str] = []  # of what went wrong, in order
        self._limits = limits
        self._loop = asyncio.new_event_loop()
        self._clients: set[asyncio.StreamWriter] = set()

    @property
    def connections(self) -> int:
        """Return the number of open client connections."""
        return len(self._clients)

    async def _serve(self, tls: ssl.SSLContext, ready: threading.Event, end: asyncio.Event) -> None:
        secure = await asyncio.start_server(partial(self._accept, "https"), "127.0.0.1", 0, ssl=tls)
        plain = await asyncio.start_server(partial(self._accept, "http"), "127.0.0.1", 0)
        self.url = f"https://127.0.0.1:{secure.sockets[0].getsockname()[1]}"
        self.plain_url = f"http://127.0.0.1:{plain.sockets[0].getsockname()[1]}"
        ready.set()
        await end.wait()
        secure.close()
        plain.close()
        for writer in self._clients:
            writer.transport.abort()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _accept(
        self, scheme: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Serve all requests of a client's connection."""
        self._clients.add(writer)
        client = connection_of_a_client(reader, writer)
        port = writer.get_extra_info("sockname")[1]
        origin = heads.Origin(writer.get_extra_info("peername")[0], scheme, port)
        try:
            with suppress(ClientLeft, Failure):
                while await self._serve_request(client, origin):
                    client.http.start_next_cycle()
        except Exception:
            self.codes.append("H99")
            raise
        finally:
            await self._close(writer)
            self._clients.discard(writer)

    async def _close(self, writer: asyncio.StreamWriter) -> None:
        """Send what is buffered, then close; the client sees from the framing what is missing."""
        writer.close()
        try:
            async with asyncio.timeout(self._limits.idle_seconds):
                await writer.wait_closed()
        except OSError:
            writer.transport.abort()

    async def _serve_request(self, client: Connection, origin: heads.Origin) -> bool:
        """Return whether the connection can take another.

        Raises ClientLeft, and Failure when the answer has begun.
        """
        request = None
        try:
            request = await _next_request(client)
            if request is None:
                return False
            await self._pass_on(request, client, origin)
        except ClientLeft:
            if not client.has_answered:
                self.codes.append("H27")
            raise
        except Failure as failure:
            self.codes.append(failure.code)
            if client.has_answered:
                raise
            await _refuse(client, request, failure)
        await self._hear_out(client)
        return client.http.states == BOTH_DONE

    async def _pass_on(
        self, request: h11.Request, client: Connection, origin: heads.Origin
    ) -> None:
        if not heads.is_acceptable(request):
            raise Failure("H26", HTTPStatus.BAD_REQUEST)
        with await self._connect() as dyno:
            exchange = Exchange(client, connection_to_a_dyno(dyno), self._limits)
            await exchange.run(heads.for_the_dyno(request, origin))

    async def _connect(self) -> socket.socket:
        """Connect to a random dyno that accepts."""
        dynos = list(self.dynos)
        for port in random.sample(dynos, len(dynos)):
            with suppress(ConnectionRefusedError):
                return await socket_to(port)
        raise Failure("H21" if dynos else "H14")

    async def _hear_out(self, client: Connection) -> None:
        """Read the rest of the request: closing before that could destroy the answer in transit."""
        with suppress(TimeoutError, h11.RemoteProtocolError):
            async with asyncio.timeout(self._limits.idle_seconds):
                while client.http.their_state is h11.SEND_BODY:
                    await client.next_event()


async def _next_request(client: Connection) -> h11.Request | None:
    """Return the next request; None at the end. Raises ClientLeft or Failure."""
    try:
        event = await client.next_event()
    except h11.RemoteProtocolError:
        if client.has_ended:
            raise ClientLeft from None
        raise Failure("H26", HTTPStatus.BAD_REQUEST) from None
    return event if isinstance(event, h11.Request) else None


async def _refuse(client: Connection, request: h11.Request | None, failure: Failure) -> None:
    is_head = request is not None and request.method == b"HEAD"
    body = b"" if is_head else f"{failure.status.phrase} ({failure.code})\n".encode()
    headers = [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))]
    status, reason = failure.status, failure.status.phrase
    await client.send(h11.Response(status_code=status, reason=reason, headers=headers))
    await client.send(h11.Data(data=body))
    await client.send(h11.EndOfMessage())


@contextmanager
def running_router(
    certificate: Path, key: Path, first_byte_seconds: float = 30.0, idle_seconds: float = 55.0
) -> Iterator[Router]:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    router = Router(Limits(first_byte_seconds, idle_seconds))
    with served_in_thread(partial(router._serve, tls), router._loop):
        yield router
