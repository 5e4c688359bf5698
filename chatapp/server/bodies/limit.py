"""Wrap Django in an ASGI application that limits how much of a body is read."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from chatapp.server.bodies.body import Body, Event, FindPerson, Receive, Send
from chatapp.server.bodies.capacity import Capacity

type Application = Callable[[Any, Any, Any], Awaitable[None]]

REFUSAL = "chatapp.refusal"  # key of a scope
MAX_LARGE_TEXTS = 4  # in a process; parsing a text takes up to seven times its size in memory
MAX_LARGE_TEXTS_PER_PERSON = 2
MAX_WAIT_SECONDS = 10  # of a large body for capacity
# Requests and forms are parts of reference cycles, which would keep a large text in memory for
# dozens of requests.
MIN_COLLECTED_BYTES = 1024 * 1024
BODY_HEADERS = (b"content-length", b"content-type", b"transfer-encoding", b"expect")


class BodyLimit:
    """Limit the bodies that an application reads; `find_person` looks up whose session it is."""

    def __init__(
        self,
        application: Application,
        find_person: FindPerson,
        capacity: Capacity | None = None,
    ) -> None:
        self.application = application
        self.find_person = find_person
        text = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        self.capacity = capacity or Capacity(
            MAX_LARGE_TEXTS * text, MAX_LARGE_TEXTS_PER_PERSON * text, MAX_WAIT_SECONDS
        )

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        body = Body(scope, receive, self.find_person, self.capacity)

        async def releasing(event: Event) -> None:
            # The body has been used, and a client that reads slowly must not keep its capacity.
            body.release()
            await send(event)

        try:
            await self.application(scope, body.receive, releasing)
        finally:
            body.release()
            if body.size >= MIN_COLLECTED_BYTES:
                gc.collect()  # takes a few milliseconds, because `lifespan.py` froze older objects
        if body.refusal:
            await self._refuse(scope, body, send)

    async def _refuse(self, scope: Event, body: Body, send: Send) -> None:
        """Let the application answer a request without a body, then close the connection."""
        headers = [header for header in scope["headers"] if header[0] not in BODY_HEADERS]

        async def closing(event: Event) -> None:
            if event["type"] == "http.response.start":
                await send({**event, "headers": [*event["headers"], (b"connection", b"close")]})
            elif event.get("more_body"):
                await send(event)
            else:
                await send({**event, "more_body": True})
                await body.linger()
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        refused = {**scope, "headers": headers, REFUSAL: body.refusal}
        await self.application(refused, _empty_body(), closing)


def _empty_body() -> Receive:
    """Return an empty body. The client isn't read, because it sends the refused body."""
    empty: list[Event] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Event:
        if not empty:
            await asyncio.Event().wait()
        return empty.pop()

    return receive
