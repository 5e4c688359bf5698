"""Read the body of one request, as far as it is allowed."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import django.db
from django.conf import settings
from django.urls import Resolver404, resolve

from chatapp.server.bodies.capacity import Capacity

logger = logging.getLogger(__name__)

type Event = dict[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]
type FindPerson = Callable[[Event], Awaitable[Hashable | None]]

GRACE_SECONDS = 30  # until a large body must have kept the pace
MIN_BYTES_PER_SECOND = 64 * 1024
# A client that still sends may miss the answer if the connection is closed at once. So more is
# read and dropped: this much of a stranger's body, the whole body of a person.
MAX_DROPPED_STRANGER_BYTES = 512 * 1024
MAX_LINGER_SECONDS = 2
MAX_LENGTH_DIGITS = 20  # Python refuses to parse thousands


@dataclass(frozen=True, slots=True)
class Refusal:
    """Hold why a body isn't read; `limit` is in bytes, for a body that is too large."""

    status: HTTPStatus
    limit: int = 0


class Refused(Exception):
    def __init__(self, status: HTTPStatus, limit: int = 0) -> None:
        super().__init__(status)
        self.refusal = Refusal(status, limit)


class Body:
    """Count a body while it is read.

    The application sees a refusal as a client that disconnected, which it handles silently.
    """

    def __init__(
        self, scope: Event, receive: Receive, find_person: FindPerson, capacity: Capacity
    ) -> None:
        self.refusal: Refusal | None = None
        self._scope = scope
        self._receive = receive
        self._find_person = find_person
        self._capacity = capacity
        self._declared = _declared(scope)
        self._received = 0
        self._is_complete = False
        self._limit = settings.MAX_BODY_BYTES
        self._droppable = MAX_DROPPED_STRANGER_BYTES
        self._holds: tuple[Hashable, int] | None = None
        self._admitted_at: float | None = None

    @property
    def size(self) -> int:
        """Return how many bytes have been read."""
        return self._received

    async def receive(self) -> Event:
        if self._is_complete:
            return await self._receive()
        try:
            return await self._next()
        except Refused as refused:
            self.refusal = refused.refusal
            return {"type": "http.disconnect"}

    def release(self) -> None:
        if self._holds:
            self._capacity.release(*self._holds)
            self._holds = None

    async def linger(self) -> None:
        """Drop what the client still sends, up to a limit."""
        with suppress(TimeoutError):
            async with asyncio.timeout(MAX_LINGER_SECONDS):
                while not self._is_complete and self._received < self._droppable:
                    self._count(await self._receive())

    async def _next(self) -> Event:
        await self._check(self._declared or 0)
        try:
            async with asyncio.timeout_at(self._deadline):
                event = await self._receive()
        except TimeoutError:
            raise Refused(HTTPStatus.REQUEST_TIMEOUT) from None
        self._count(event)
        await self._check(self._received)
        return event

    def _count(self, event: Event) -> None:
        self._received += len(event.get("body", b""))
        self._is_complete = not event.get("more_body", False)

    async def _check(self, size: int) -> None:
        if size > settings.MAX_BODY_BYTES and self._admitted_at is None:
            await self._admit(size)
        if size > self._limit:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._limit)

    async def _admit(self, size: int) -> None:
        """Allow a large body if its sender may send one."""
        limit = _large_limit(self._scope)
        if size > limit:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, limit)
        try:
            person = await self._find_person(self._scope)
        except django.db.Error as error:
            logger.exception("The session of a large request can't be looked up")
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE) from error
        if person is None:
            raise Refused(HTTPStatus.UNAUTHORIZED)
        self._droppable = limit
        # Files are written to the disk piece by piece, and texts have their own limit.
        expected = limit if self._declared is None else self._declared
        cost = min(expected, settings.DATA_UPLOAD_MAX_MEMORY_SIZE)
        if not await self._capacity.acquire(person, cost):
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE)
        self._holds = (person, cost)
        self._limit = limit
        self._admitted_at = asyncio.get_running_loop().time()

    @property
    def _deadline(self) -> float | None:
        """Return when a large body is too slow, by the loop's clock; None for a small body."""
        if self._admitted_at is None:
            return None
        return self._admitted_at + GRACE_SECONDS + self._received / MIN_BYTES_PER_SECOND


def _declared(scope: Event) -> int | None:
    """Return the Content-Length, None if there is no reliable one, as with chunks."""
    headers = dict(scope["headers"])
    length = headers.get(b"content-length", b"0")
    is_number = length.isdigit() and len(length) < MAX_LENGTH_DIGITS
    return int(length) if is_number and b"transfer-encoding" not in headers else None


def _large_limit(scope: Event) -> int:
    """Return how many bytes this page accepts from a signed-in person."""
    kinds = [value for name, value in scope["headers"] if name == b"content-type"]
    is_form = [kind.partition(b";")[0].strip().lower() for kind in kinds] == [
        b"multipart/form-data"
    ]
    if scope["method"] != "POST" or not is_form:
        return settings.MAX_BODY_BYTES
    try:
        page = resolve(scope["path"]).view_name
    except Resolver404:
        return settings.MAX_BODY_BYTES
    return settings.LARGE_BODY_BYTES.get(page, settings.MAX_BODY_BYTES)
