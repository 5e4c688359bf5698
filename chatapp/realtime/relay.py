"""Joins this process with the others: events go to all of them, commands to all but this one.

Without REDIS_URL there is nothing to join, and nothing here costs anything. With it, events may
be lost all the same; where that is noticed the pages are told to ask for what they missed.
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
from chatapp.realtime.hub import Hub, hub, run_on
from chatapp.realtime.outgoing import Outbox
from chatapp.realtime.peers import Peers

if TYPE_CHECKING:
    from chatapp.realtime.redis_connection import RedisLine

FLUSH_SECONDS = 1  # for what waits when the process ends

logger = logging.getLogger(__name__)


class Relay:
    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._handlers: dict[str, Callable[..., object]] = {}
        self._peers = Peers()
        self._said = False  # what the pages were told about being joined
        self._loop: asyncio.AbstractEventLoop
        self._outbox: Outbox
        self._line: RedisLine | None = None
        self._task: asyncio.Task[None]

    @property
    def joined(self) -> bool:
        """Whether this process hears all that any process publishes, and is heard by all."""
        if not settings.REDIS_URL:
            # A database in a file is used by one process; any other may have more of them.
            return settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
        return self.is_connected and self._peers.all_speak(protocol.PROTOCOL)

    @property
    def is_started(self) -> bool:
        """Whether this process has a line at all: commands of manage.py have none."""
        return self._line is not None

    @property
    def is_connected(self) -> bool:
        """Whether Redis takes what we say and we hear it, as of the last few seconds."""
        return self._line is not None and self._line.is_up

    def on(self, command: str, handler: Callable[..., object]) -> None:
        """Has a function called on the event loop when a command comes, with its fields."""
        self._handlers[command] = handler

    def tell(self, command: str, **fields: Any) -> None:
        """Sends a command to every other process that can be reached now; safe from any thread.

        The fields must be fit for JSON.
        """
        if self._line:
            run_on(self._loop, self._outbox.tell, command, json.dumps(fields))

    def start(self) -> None:
        """Begins on the running loop, where Redis is configured; it need not be there yet."""
        if not settings.REDIS_URL or self._line:
            return
        # Not at the top: Redis and what it brings take memory that most installations can save.
        module = import_module("chatapp.realtime.redis_connection")
        self._loop = asyncio.get_running_loop()
        self._outbox = Outbox()
        self._line = module.RedisLine(settings.REDIS_URL, self._outbox, self._hear, self._look)
        self._hub.onward = self._publish
        self._task = contextvars.Context().run(self._loop.create_task, self._line.run())

    async def close(self) -> None:
        """Sends what waits, if that takes no more than a second, and leaves."""
        if not self._line:
            return
        self._hub.onward = None
        await self._line.finish(FLUSH_SECONDS)
        self._task.cancel()
        await asyncio.wait({self._task})
        self._line = None

    def _publish(self, group: str, event: str | None) -> None:
        run_on(self._loop, self._outbox.publish, group, event)

    def _look(self) -> None:
        """Tells every page when this process is joined, and when it no longer is."""
        self._peers.forget_silent(self._loop.time())
        if self.joined != self._said:
            self._said = self.joined
            self._hub.deliver_to_all(protocol.joined(self._said))

    def _hear(self, message: Any) -> None:
        try:
            match message:
                case {"origin": str(origin), "version": int(version), "number": int(number)}:
                    missed = self._peers.hear(origin, number, version, self._loop.time())
                    if version == protocol.PROTOCOL and missed is not None:
                        self._take(message["news"], message["commands"])
                        self._have_pages_ask(missed)
                case _:
                    raise ValueError(f"neither origin nor number: {message!r:.80}")
        except (KeyError, TypeError, ValueError):
            logger.exception("A message from another process could not be read")
        self._look()

    def _take(self, news: list[Any], commands: list[Any]) -> None:
        for group, event in news:
            self._hub.deliver(group, event)
        for command, fields in commands:
            # One that we don't know is of a newer release.
            if handler := self._handlers.get(command):
                self._obey(command, handler, fields)

    def _obey(self, command: str, handler: Callable[..., object], fields: str) -> None:
        try:
            handler(**json.loads(fields))
        except Exception:
            # Whatever a command breaks, the events behind it still have to arrive.
            logger.exception("The command %s of another process failed", command)

    def _have_pages_ask(self, missed: int) -> None:
        if missed and self._said:
            self._hub.deliver_to_all(protocol.joined(True))


relay = Relay(hub)
