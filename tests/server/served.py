"""Requests to the app as a server runs it, with its own handler, threads and limit of bodies.

Django's test clients bring handlers of their own, so they can't show what these do.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from chatapp.asgi import application

HOST = "127.0.0.1"
TOKEN = "0" * 32


@dataclass(slots=True)
class Answer:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def all(self, name: str) -> list[str]:
        """Return the values of a header, by its name in small letters."""
        return [value for each, value in self.headers if each == name]


async def answer(
    method: str,
    path: str,
    session: str = "",
    fields: Mapping[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Send a request with a valid CSRF token, unless `headers` replace it, and read the answer."""
    body = [urlencode(fields or {}).encode()]
    sent = {
        "host": HOST,
        "accept": "application/json",
        "cookie": f"{settings.SESSION_COOKIE_NAME}={session}; csrftoken={TOKEN}",
        "x-csrftoken": TOKEN,
        "content-type": "application/x-www-form-urlencoded",
        "content-length": str(len(body[0])),
    } | dict(headers or {})
    events: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        if not body:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": body.pop(), "more_body": False}

    async def send(event: dict[str, Any]) -> None:
        events.append(event)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "query_string": b"",
        "scheme": "http",
        "server": (HOST, 80),
        "headers": [(name.encode(), value.encode()) for name, value in sent.items()],
    }
    await application(scope, receive, send)
    start, *pieces = events
    named = [(name.decode().lower(), value.decode()) for name, value in start["headers"]]
    return Answer(start["status"], named, b"".join(piece["body"] for piece in pieces))
