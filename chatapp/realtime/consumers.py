"""One websocket per tab: checks who it is, joins that person's group, forwards. Nothing else."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from channels.auth import get_user
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import DatabaseError

from chatapp.realtime import protocol
from chatapp.realtime.hub import CLOSE, Subscription, hub
from chatapp.realtime.relay import relay

SIGNED_OUT = 4401  # close code; a page that gets it doesn't come back by itself
CLOSED_BY_SERVER = 1012  # "service restart": come back
JOINED = protocol.joined(True)


class LiveConsumer(AsyncWebsocketConsumer):
    _forwarding: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        if not self._is_same_origin():
            await self.close()
            return
        await self.accept()
        if not self.scope["user"].is_authenticated:
            await self.close(SIGNED_OUT)
            return
        self._forwarding = asyncio.create_task(self._forward())

    async def disconnect(self, code: int) -> None:
        if self._forwarding:
            self._forwarding.cancel()

    async def _forward(self) -> None:
        # Straight from the queue to the wire: Channels' own dispatch costs a thread hop per event,
        # and a time limit on each wait as much as the wait.
        groups = (
            protocol.person_group(self.scope["user"].pk),
            protocol.session_group(self.scope["session"].session_key),
        )
        with hub.subscribed(groups) as subscription, pulsing(subscription):
            person_id = self.scope["user"].pk
            await self.send(protocol.hello(settings.VERSION, relay.joined, person_id))
            while (event := await subscription.queue.get()) is not CLOSE:
                await self.base_send({"type": "websocket.send", "text": event})
                if event == JOINED and not await self._is_still_signed_in():
                    break
        await self.close(CLOSED_BY_SERVER)

    async def _is_still_signed_in(self) -> bool:
        """What was missed while the processes were apart may have been an order to close."""
        session = SessionStore(self.scope["session"].session_key)
        try:
            return bool((await get_user({"session": session})).is_authenticated)
        except DatabaseError:
            # The socket is closed and comes back, and then it is asked again.
            return False

    def _is_same_origin(self) -> bool:
        """Compares Origin with Host. A list of allowed hosts would not do: with "*" on it,
        Channels' own validator lets every site in, and a socket carries the cookies."""
        headers = dict(self.scope["headers"])
        origin = urlsplit(headers.get(b"origin", b"").decode("latin-1"))
        return origin.netloc != "" and origin.netloc == headers.get(b"host", b"").decode("latin-1")


@contextmanager
def pulsing(subscription: Subscription) -> Iterator[None]:
    """Puts in a sign of life whenever nothing was said for a while."""
    loop = subscription.loop
    timer: asyncio.TimerHandle

    def look() -> None:
        nonlocal timer
        if loop.time() >= subscription.put_at + protocol.PULSE_SECONDS:
            subscription.put(protocol.pulse())
        timer = loop.call_at(subscription.put_at + protocol.PULSE_SECONDS, look)

    timer = loop.call_later(protocol.PULSE_SECONDS, look)
    try:
        yield
    finally:
        timer.cancel()
