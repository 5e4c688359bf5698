"""The ASGI application in front of Django, which reads no more of a body than it may."""

import asyncio
import gc
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from chatapp.server.bodies.body import Body, Event, FindPerson, Receive, Send
from chatapp.server.bodies.capacity import Capacity

type Application = Callable[[Any, Any, Any], Awaitable[None]]

REFUSAL = "chatapp.refusal"  # key of a scope
LARGE_TEXTS_AT_ONCE = 4  # in a process; parsing one takes up to seven times its size in memory
LARGE_TEXTS_OF_A_PERSON = 2
PATIENCE = 10  # seconds that a large body waits for capacity
# Requests and forms are parts of reference cycles, which would keep a text of this many bytes for
# dozens of requests more.
LEFT_BEHIND = 1024 * 1024
ABOUT_THE_BODY = (b"content-length", b"content-type", b"transfer-encoding", b"expect")


class BodyLimit:
    """Bounds the bodies that an application reads; `find_person` looks up whose session it is."""

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
            LARGE_TEXTS_AT_ONCE * text, LARGE_TEXTS_OF_A_PERSON * text, PATIENCE
        )

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        body = Body(scope, receive, self.find_person, self.capacity)

        async def releasing(event: Event) -> None:
            # The body has been used. A client that reads slowly must not hold its capacity.
            body.release()
            await send(event)

        try:
            await self.application(scope, body.receive, releasing)
        finally:
            body.release()
            if body.size >= LEFT_BEHIND:
                gc.collect()  # a few milliseconds: `lifespan.py` has frozen what was there before
        if body.refusal:
            await self._refuse(scope, body, send)

    async def _refuse(self, scope: Event, body: Body, send: Send) -> None:
        """Have the application answer a request without a body, then close the connection."""
        headers = [header for header in scope["headers"] if header[0] not in ABOUT_THE_BODY]

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
        await self.application(refused, _nothing(), closing)


def _nothing() -> Receive:
    """An empty body; the client isn't listened to, because what it sends is the refused one."""
    empty: list[Event] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> Event:
        if not empty:
            await asyncio.Event().wait()
        return empty.pop()

    return receive
