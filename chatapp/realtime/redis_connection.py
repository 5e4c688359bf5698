"""The line to the other processes: one group of the pubsub layer, in which each has a channel.

Every process hears every batch, its own too: one of its own that comes back proves that saying
and hearing both work. Imported only where REDIS_URL is set, for the packages behind it take memory.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from channels_redis.pubsub import RedisPubSubChannelLayer
from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from chatapp.realtime.outgoing import Batch, Outbox
from chatapp.realtime.protocol import PROTOCOL

CLOCK = 0.01  # seconds between two batches at least
PROBE_EVERY = 2  # seconds; an empty batch when nothing else is said
OPEN_SECONDS = SEND_SECONDS = 2
CLOSE_SECONDS = 1
OVERDUE = 5  # seconds without an own batch coming back
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 2  # seconds before the line is opened again

logger = logging.getLogger(__name__)


class RedisLine:
    """Sends what is in the outbox for as long as it runs, and opens the line again when it breaks.

    `hear` gets each message of another process; `look` is called whenever `is_up` has changed, and
    once a second.
    """

    def __init__(
        self, url: str, outbox: Outbox, hear: Callable[[Any], None], look: Callable[[], None]
    ) -> None:
        self._url = url
        self._layer = self._new_layer()
        self._outbox, self._hear, self._look = outbox, hear, look
        self._loop = asyncio.get_running_loop()
        self._group = group_name()
        self._origin = uuid.uuid4().hex
        self._opened_at = 0  # number of the last batch before the line was opened
        self._returned_at = 0.0  # when an own batch came back
        self._rests = asyncio.Event()
        self._told: bool | None = None  # what the log says of the line
        self.is_up = False

    def _new_layer(self) -> RedisPubSubChannelLayer:
        host: dict[str, Any] = {"address": self._url, "socket_connect_timeout": OPEN_SECONDS}
        if urlsplit(self._url).scheme == "rediss":
            # Heroku's certificates are signed by nobody we could know.
            host["ssl_cert_reqs"] = "none"
        return RedisPubSubChannelLayer(hosts=[host])

    async def run(self) -> None:
        pause: float = FIRST_PAUSE
        while True:
            try:
                await self._hold()
            except* (OSError, RedisError) as errors:
                reason = str(_first(errors)).rstrip(".") or "it does not answer"
            except* Exception:
                logger.exception("The line to the other processes broke by a mistake of ours")
                reason = "see above"
            pause = FIRST_PAUSE if self.is_up else min(2 * pause, LONGEST_PAUSE)
            self._went_down(reason)
            await asyncio.sleep(pause)

    async def finish(self, seconds: float) -> None:
        """Waits until all has been sent, at most that long."""
        if not self.is_up:
            return
        if self._outbox:
            self._rests.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._rests.wait()
        except TimeoutError:
            logger.warning("Redis did not take the last events of this process in time")

    async def _hold(self) -> None:
        """Opens the line and uses it until something fails."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                channel = await self._layer.new_channel()
                await self._layer.group_add(self._group, channel)
            self._opened_at, self._returned_at = self._outbox.number, self._loop.time()
            self._outbox.open()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send())
                tasks.create_task(self._receive(channel))
                tasks.create_task(self._watch())
        finally:
            self._outbox.shut()
            await self._drop_connections()

    async def _drop_connections(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._layer.flush()
        except (OSError, RedisError):
            # A dead connection does not even close; the layer would go on using it.
            self._layer = self._new_layer()

    async def _send(self) -> None:
        while True:
            self._rests.clear()
            async with asyncio.timeout(SEND_SECONDS):
                await self._layer.group_send(self._group, self._message(self._outbox.take()))
            if not self._outbox:
                self._rests.set()
            await asyncio.sleep(CLOCK)
            await self._outbox.filled(PROBE_EVERY)

    async def _receive(self, channel: str) -> None:
        while True:
            try:
                message = await self._layer.receive(channel)
            except ValueError:
                logger.exception("A message from another process could not be unpacked")
                continue
            if isinstance(message, dict) and message.get("origin") == self._origin:
                self._came_back(message["number"])
            else:
                self._hear(message)

    async def _watch(self) -> None:
        """The layer mends its subscription without a word, or waits for ever on a dead one."""
        while True:
            await asyncio.sleep(1)
            if self._loop.time() - self._returned_at > OVERDUE:
                raise TimeoutError("what we say does not come back")
            self._look()

    def _message(self, batch: Batch) -> dict[str, Any]:
        return {"origin": self._origin, "version": PROTOCOL, **batch._asdict()}

    def _came_back(self, number: int) -> None:
        self._returned_at = self._loop.time()
        # One that waited in Redis from before says nothing about the line that is open now.
        if number > self._opened_at and not self.is_up:
            self.is_up = True
            if self._told is not None:
                logger.info("Redis is back: the processes are joined again")
            self._told = True
            self._look()

    def _went_down(self, reason: str) -> None:
        if self._told is not False:
            logger.warning("Redis is away: %s. The processes do not hear each other", reason)
        self._told = self.is_up = False
        self._look()


def group_name() -> str:
    """Of this app: others may share the Redis, but not the SECRET_KEY."""
    digest = salted_hmac("chatapp.realtime.relay", "group", algorithm="sha256").hexdigest()
    return f"chat-{digest[:16]}"


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
