"""Join this process with the others: events are sent to all of them, commands to all but this one.

Without REDIS_URL there is nothing to join, and nothing here costs anything. With Redis, events may
still be lost; when that is noticed, pages are asked to fetch what they missed.
"""

import asyncio
import contextvars
import json
import logging
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings

from chatapp.realtime import protocol
from chatapp.realtime.hub import Hub, call_on, hub
from chatapp.realtime.peers import Peers
from chatapp.realtime.send_queue import SendQueue

if TYPE_CHECKING:
    from chatapp.realtime.redis_connection import RedisConnection

MAX_FLUSH_SECONDS = 1  # to send the rest of the queue when the process ends

logger = logging.getLogger(__name__)


class Relay:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._handlers: dict[str, Callable[..., object]] = {}
        self._peers = Peers()
        self._announced = False  # the value of `joined` that was sent to pages last
        self._loop: asyncio.AbstractEventLoop
        self._queue: SendQueue
        self._connection: RedisConnection | None = None
        self._task: asyncio.Task[None]

    @property
    def joined(self) -> bool:
        """Return whether this process exchanges events with every other process."""
        if not settings.REDIS_URL:
            # Only one process uses a database in a file; other databases may have several.
            return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
        return self.is_connected and self._peers.all_use_version(protocol.PROTOCOL)

    @property
    def is_started(self) -> bool:
        """Return whether this process uses Redis at all: commands of manage.py don't."""
        return self._connection is not None

    @property
    def is_connected(self) -> bool:
        """Return whether our batches went through Redis and back in the last few seconds."""
        return self._connection is not None and self._connection.is_up

    def on(self, command: str, handler: Callable[..., object]) -> None:
        """Register a function to be called on the event loop with the fields of a command."""
        self._handlers[command] = handler

    def send_command(self, command: str, **fields: Any) -> None:
        """Send a command to every other process that can be reached now. Thread-safe.

        The fields must be valid JSON values.
        """
        if self._connection:
            call_on(self._loop, self._queue.add_command, command, json.dumps(fields))

    def start(self) -> None:
        """Start on the running loop if Redis is configured. Redis need not be available yet."""
        if not settings.REDIS_URL or self._connection:
            return
        # Imported here, because most instances don't need Redis and its packages take memory.
        module = import_module("chatapp.realtime.redis_connection")
        self._loop = asyncio.get_running_loop()
        self._queue = SendQueue()
        self._connection = module.RedisConnection(
            settings.REDIS_URL, self._queue, self._receive, self._announce_changes
        )
        self._hub.on_publish = self._publish
        self._task = contextvars.Context().run(self._loop.create_task, self._connection.run())

    async def close(self) -> None:
        """Send the rest of the queue, in a second at most, and disconnect."""
        if not self._connection:
            return
        self._hub.on_publish = None
        await self._connection.finish(MAX_FLUSH_SECONDS)
        self._task.cancel()
        await asyncio.wait({self._task})
        self._connection = None

    def _publish(self, group: str, event: str | None) -> None:
        call_on(self._loop, self._queue.add_event, group, event)

    def _announce_changes(self) -> None:
        """Send every page the new value of `joined` when it has changed."""
        self._peers.forget_silent(self._loop.time())
        if self.joined != self._announced:
            self._announced = self.joined
            self._hub.deliver_to_all(protocol.joined(self._announced))

    def _receive(self, message: Any) -> None:
        try:
            match message:
                case {"origin": str(origin), "version": int(version), "number": int(number)}:
                    missed = self._peers.record_batch(origin, number, version, self._loop.time())
                    if version == protocol.PROTOCOL and missed is not None:
                        self._take(message["news"], message["commands"])
                        self._make_pages_ask(missed)
                case _:
                    raise ValueError(f"neither origin nor number: {message!r:.80}")
        except (KeyError, TypeError, ValueError):
            logger.exception("A message from another process couldn't be read")
        self._announce_changes()

    def _take(self, events: list[Any], commands: list[Any]) -> None:
        for group, event in events:
            self._hub.deliver(group, event)
        for command, fields in commands:
            # An unknown command comes from a newer release.
            if handler := self._handlers.get(command):
                self._run_command(command, handler, fields)

    def _run_command(self, command: str, handler: Callable[..., object], fields: str) -> None:
        try:
            handler(**json.loads(fields))
        except Exception:
            # The events behind a command that fails still have to be delivered.
            logger.exception("The command %s of another process failed", command)

    def _make_pages_ask(self, missed: int) -> None:
        if missed and self._announced:
            self._hub.deliver_to_all(protocol.joined(True))


relay = Relay(hub)
