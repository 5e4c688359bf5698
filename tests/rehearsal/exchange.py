"""Pass one request and its answer between a client and a dyno, within the platform's limits."""

import asyncio
from collections.abc import Awaitable, Coroutine
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import h11

from tests.rehearsal import heads
from tests.rehearsal.connection import Connection


@dataclass(frozen=True, slots=True)
class Limits:
    first_byte_seconds: float  # of the answer, once the dyno has the whole request
    idle_seconds: float  # of each side


class Failure(Exception):
    """What the platform logs as `code`; the client gets `status`, if no answer has begun."""

    def __init__(self, code: str, status: HTTPStatus = HTTPStatus.SERVICE_UNAVAILABLE) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


class ClientLeft(Exception):
    pass


class Exchange:
    """Passes on whatever arrives, at once, in both directions.

    So a dyno may answer before it has read the request, and either side may leave.
    """

    def __init__(self, client: Connection, dyno: Connection, limits: Limits) -> None:
        self._client = client
        self._dyno = dyno
        self._limits = limits
        self._patience = asyncio.timeout(None)

    async def run(self, request: h11.Request) -> None:
        """Return when the answer is complete, or the upgraded connection has ended.

        Raises Failure and ClientLeft.
        """
        try:
            async with self._patience:
                await _first_of(self._pass_answer(), self._pass_request(request))
        except TimeoutError:
            raise Failure("H15" if self._client.has_answered else "H12") from None
        if self._client.http.our_state is h11.SWITCHED_PROTOCOL:
            await _first_of(
                self._copy(self._dyno, self._client, "H15"),
                self._copy(self._client, self._dyno, "H28"),
            )

    async def _pass_request(self, request: h11.Request) -> None:
        """Pass on the request, then watch whether the client is still there."""
        await self._dyno.send(request)
        while not isinstance(event := await self._from_client(), h11.EndOfMessage):
            await self._soon(self._dyno.send(event), "H15")
            self._a_byte_went_by()
        await self._dyno.send(event)
        if not self._client.has_answered:
            self._wait_at_most(self._limits.first_byte_seconds)
        while data := await self._client.read():
            self._client.http.receive_data(data)
        raise ClientLeft

    async def _pass_answer(self) -> None:
        while not isinstance(event := await self._from_dyno(), h11.EndOfMessage):
            if isinstance(event, h11.Response):
                event = heads.for_the_client(event)
            await self._client.send(event)
            if self._client.http.our_state is h11.SWITCHED_PROTOCOL:
                return
            self._a_byte_went_by()
        await self._client.send(event)

    async def _from_client(self) -> h11.Event:
        try:
            return await self._soon(self._client.next_event(), "H28")
        except h11.RemoteProtocolError:
            if self._client.has_ended:
                raise ClientLeft from None
            raise Failure("H26", HTTPStatus.BAD_REQUEST) from None

    async def _from_dyno(self) -> h11.Event:
        try:
            return await self._dyno.next_event()
        except h11.RemoteProtocolError:
            if not self._dyno.has_ended:
                raise Failure("H17") from None
            raise Failure("H18" if self._client.has_answered else "H13") from None

    async def _copy(self, source: Connection, target: Connection, code: str) -> None:
        """Copy bytes unchanged, first those that came together with the head."""
        data, _ = source.http.trailing_data
        while data or (data := await self._soon(source.read(), code)):
            await target.write(data)
            data = b""

    async def _soon[T](self, arriving: Awaitable[T], code: str) -> T:
        try:
            async with asyncio.timeout(self._limits.idle_seconds):
                return await arriving
        except TimeoutError:
            raise Failure(code) from None

    def _a_byte_went_by(self) -> None:
        """Restart the time limit, except for that of the first byte of an answer."""
        if self._client.has_answered:
            self._wait_at_most(self._limits.idle_seconds)

    def _wait_at_most(self, seconds: float) -> None:
        self._patience.reschedule(asyncio.get_running_loop().time() + seconds)


async def _first_of(*ways: Coroutine[Any, Any, None]) -> None:
    """Wait for the first to end, and end the others. In a draw the first argument counts."""
    tasks = [asyncio.create_task(way) for way in ways]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    next(task for task in tasks if task in done).result()
