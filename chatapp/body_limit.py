"""Refuses a request body that nobody would send in good faith.

Django writes the whole body to a temporary file before any view, and so before anybody is asked
to sign in: without a limit a stranger could fill the disk.
"""

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

type Event = dict[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]


class TooLarge(Exception):
    pass


class BodyLimit:
    def __init__(self, application: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self.application = application

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        limit = _limit(scope)
        if _declared(scope) > limit:
            await _refuse(send, limit)
            return
        received = 0

        async def counted() -> Event:
            nonlocal received
            event = await receive()
            if event["type"] == "http.request":
                received += len(event.get("body", b""))
            if received > limit:
                raise TooLarge
            return event

        try:
            await self.application(scope, counted, send)
        except TooLarge:
            await _refuse(send, limit)


def _limit(scope: Event) -> int:
    """Whoever shows no session may send a form, not pictures."""
    cookies = dict(scope["headers"]).get(b"cookie", b"")
    signed_in = settings.SESSION_COOKIE_NAME.encode() in cookies
    return settings.MAX_BODY_BYTES if signed_in else settings.MAX_BODY_BYTES_OF_STRANGERS


def _declared(scope: Event) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    return int(length) if length.isdigit() else 0


async def _refuse(send: Send, limit: int) -> None:
    body = render_to_string("413.html", {"limit": f"{limit // 1024 // 1024} MB"}).encode()
    headers = [(b"content-type", b"text/html; charset=utf-8"), (b"connection", b"close")]
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    await send(
        {"type": "http.response.start", "status": status, "headers": headers, "trailers": False}
    )
    await send({"type": "http.response.body", "body": body, "more_body": False})
