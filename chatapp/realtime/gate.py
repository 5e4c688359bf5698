"""Let websockets of our own pages in, and refuse all others before anything is looked up.

A refused handshake is answered with 403. Nothing that a stranger sends may end in a traceback.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import django.db

type Event = dict[str, Any]
type Receive = Callable[[], Awaitable[Event]]
type Send = Callable[[Event], Awaitable[None]]
type Application = Callable[[Event, Receive, Send], Awaitable[None]]

PATH = "/ws/"

logger = logging.getLogger(__name__)


async def refuse(scope: Event, receive: Receive, send: Send) -> None:
    """Refuse a handshake."""
    await receive()
    await send({"type": "websocket.close"})


class SocketGate:
    """Pass on handshakes for PATH from our own origin."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Event, receive: Receive, send: Send) -> None:
        if scope["path"] != PATH or not _is_same_origin(scope):
            await refuse(scope, receive, send)
            return
        is_answered = False

        async def noting_send(event: Event) -> None:
            nonlocal is_answered
            is_answered = True
            await send(event)

        try:
            await self._application(scope, receive, noting_send)
        except django.db.Error as error:
            # The session can't be looked up. The page tries again by itself.
            if is_answered:
                raise
            logger.warning("A socket was refused without a database: %s", type(error).__name__)
            await refuse(scope, receive, send)


def _is_same_origin(scope: Event) -> bool:
    """Compare Origin with Host.

    A list of allowed hosts isn't enough: if it has "*", Channels' own validator accepts every
    site, and a socket sends the cookies.
    """
    headers = dict(scope["headers"])
    try:
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1")).netloc
    except ValueError:  # such as http://[127.0.0.1:1]
        return False
    return bool(origin) and origin == headers.get(b"host", b"").decode("latin-1")
