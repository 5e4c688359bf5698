"""Serve one websocket per tab: check the session, join the person's group, forward its events."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django.db
from channels.auth import get_user
from channels.consumer import get_handler_name
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore

from chatapp.realtime import protocol
from chatapp.realtime.hub import CLOSE, Subscription, hub
from chatapp.realtime.relay import relay

SIGNED_OUT = 4401  # close code after which a page doesn't reconnect
CLOSED_BY_SERVER = 1012  # "service restart", after which a page reconnects
JOINED = protocol.joined(True)
# Of a person in this process; each tab has one, and 2,000 idle ones take 160 MB.
MAX_SOCKETS = 2_500

logger = logging.getLogger(__name__)


class LiveConsumer(AsyncWebsocketConsumer):
    _forwarding: asyncio.Task[None] | None = None

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle a message without Channels' visit to a thread, which is for databases."""
        await getattr(self, get_handler_name(message))(message)

    async def connect(self) -> None:
        person = self.scope["user"]
        group = protocol.person_group(person.pk)
        if person.is_authenticated and hub.count(group) >= MAX_SOCKETS:
            logger.warning("A person has %s sockets; another one is refused", MAX_SOCKETS)
            await self.close()
            return
        await self.accept()
        if not person.is_authenticated:
            await self.close(SIGNED_OUT)
            return
        self._forwarding = asyncio.create_task(self._forward())

    async def disconnect(self, code: int) -> None:
        if self._forwarding:
            self._forwarding.cancel()

    async def _forward(self) -> None:
        # Sent directly from the queue: Channels' own dispatch costs a thread hop per event, and a
        # timeout for each wait costs as much as the wait.
        groups = (
            protocol.person_group(self.scope["user"].pk),
            protocol.session_group(self.scope["session"].session_key),
        )
        with hub.subscribed(groups) as subscription, heartbeat(subscription):
            person = self.scope["user"]
            access = " ".join([person.role, *person.allowed_models])
            await self.send(protocol.hello(settings.VERSION, relay.joined, person.pk, access))
            while (event := await subscription.queue.get()) is not CLOSE:
                await self.base_send({"type": "websocket.send", "text": event})
                if event == JOINED and not await self._is_still_signed_in():
                    break
        await self.close(CLOSED_BY_SERVER)

    async def _is_still_signed_in(self) -> bool:
        """Look up the session again, because an order to close this socket may have been missed."""
        session = SessionStore(self.scope["session"].session_key)
        try:
            return bool((await get_user({"session": session})).is_authenticated)
        except django.db.Error:
            # The socket is closed, and the page reconnects and is checked again.
            return False


@contextmanager
def heartbeat(subscription: Subscription) -> Iterator[None]:
    """Put a heartbeat into the queue whenever there was no other event for a while."""
    loop = subscription.loop
    timer: asyncio.TimerHandle

    def beat_if_silent() -> None:
        nonlocal timer
        if loop.time() >= subscription.put_at + protocol.PULSE_SECONDS:
            subscription.put(protocol.pulse())
        timer = loop.call_at(subscription.put_at + protocol.PULSE_SECONDS, beat_if_silent)

    timer = loop.call_later(protocol.PULSE_SECONDS, beat_if_silent)
    try:
        yield
    finally:
        timer.cancel()
