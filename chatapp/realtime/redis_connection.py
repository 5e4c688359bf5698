"""Connect to the other processes by Redis: one group of the pubsub layer, with a channel for each.

Every process receives every batch, its own too: an own batch that returns proves that sending and
receiving both work. Imported only with REDIS_URL, because its packages take memory.
"""

import asyncio
import logging
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.utils.crypto import salted_hmac
from redis.exceptions import RedisError

from chatapp.realtime.protocol import PROTOCOL
from chatapp.realtime.send_queue import Batch, SendQueue
from chatapp.server.optional_imports import left_out

# Only encrypted layers need it, and it takes 8 MB of memory.
with left_out("cryptography.fernet"):
    from channels_redis.pubsub import RedisPubSubChannelLayer

MIN_BATCH_SECONDS = 0.01  # between two batches
PROBE_SECONDS = 2  # without events until an empty batch is sent
OPEN_SECONDS = SEND_SECONDS = 2
CLOSE_SECONDS = 1
MAX_ROUND_TRIP_SECONDS = 5  # without an own batch that returns
MIN_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 0.25, 2  # before connecting again

logger = logging.getLogger(__name__)


class RedisConnection:
    """Send the batches of the queue, and connect again when the connection is lost.

    `on_message` is called with each message of another process, `on_change` whenever `is_up` has
    changed, and once a second.
    """

    def __init__(
        self,
        url: str,
        queue: SendQueue,
        on_message: Callable[[Any], None],
        on_change: Callable[[], None],
    ) -> None:
        self._url = url
        self._layer = self._new_layer()
        self._queue, self._on_message, self._on_change = queue, on_message, on_change
        self._loop = asyncio.get_running_loop()
        self._group = group_name()
        self._origin = uuid.uuid4().hex
        self._opened_at = 0  # number of the last batch before the connection was opened
        self._returned_at = 0.0  # when an own batch returned
        self._is_idle = asyncio.Event()
        self._logged_up: bool | None = None  # the state that the log reported last
        self.is_up = False

    def _new_layer(self) -> RedisPubSubChannelLayer:
        host: dict[str, Any] = {"address": self._url, "socket_connect_timeout": OPEN_SECONDS}
        if urlsplit(self._url).scheme == "rediss":
            # Heroku's certificates are self-signed.
            host["ssl_cert_reqs"] = "none"
        return RedisPubSubChannelLayer(hosts=[host])

    async def run(self) -> None:
        pause: float = MIN_PAUSE_SECONDS
        while True:
            try:
                await self._use()
            except* (OSError, RedisError) as errors:
                reason = str(_first(errors)).rstrip(".") or "it doesn't answer"
            except* Exception:
                logger.exception("The connection to the other processes failed by a bug")
                reason = "see above"
            pause = MIN_PAUSE_SECONDS if self.is_up else min(2 * pause, MAX_PAUSE_SECONDS)
            self._mark_down(reason)
            await asyncio.sleep(pause)

    async def finish(self, seconds: float) -> None:
        """Wait until everything has been sent, at most `seconds`."""
        if not self.is_up:
            return
        if self._queue:
            self._is_idle.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._is_idle.wait()
        except TimeoutError:
            logger.warning("Redis didn't accept the last events of this process in time")

    async def _use(self) -> None:
        """Connect, and use the connection until something fails."""
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                channel = await self._layer.new_channel()
                await self._layer.group_add(self._group, channel)
            self._opened_at, self._returned_at = self._queue.number, self._loop.time()
            self._queue.open()
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._send())
                tasks.create_task(self._receive(channel))
                tasks.create_task(self._watch())
        finally:
            self._queue.close()
            await self._drop_connections()

    async def _drop_connections(self) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._layer.flush()
        except (OSError, RedisError):
            # A dead connection doesn't even close, and the layer would keep using it.
            self._layer = self._new_layer()

    async def _send(self) -> None:
        while True:
            self._is_idle.clear()
            async with asyncio.timeout(SEND_SECONDS):
                await self._layer.group_send(self._group, self._message(self._queue.take()))
            if not self._queue:
                self._is_idle.set()
            await asyncio.sleep(MIN_BATCH_SECONDS)
            await self._queue.filled(PROBE_SECONDS)

    async def _receive(self, channel: str) -> None:
        while True:
            try:
                message = await self._layer.receive(channel)
            except ValueError:
                logger.exception("A message from another process couldn't be unpacked")
                continue
            if isinstance(message, dict) and message.get("origin") == self._origin:
                self._own_batch_returned(message["number"])
            else:
                self._on_message(message)

    async def _watch(self) -> None:
        """Notice a dead subscription: the layer would repair it silently or wait for ever."""
        while True:
            await asyncio.sleep(1)
            if self._loop.time() - self._returned_at > MAX_ROUND_TRIP_SECONDS:
                raise TimeoutError("our own batches don't return")
            self._on_change()

    def _message(self, batch: Batch) -> dict[str, Any]:
        # Processes of the previous release read these names during a deploy.
        return {
            "origin": self._origin,
            "version": PROTOCOL,
            "number": batch.number,
            "news": batch.events,
            "commands": batch.commands,
        }

    def _own_batch_returned(self, number: int) -> None:
        self._returned_at = self._loop.time()
        # An older batch that waited in Redis proves nothing about the current connection.
        if number > self._opened_at and not self.is_up:
            self.is_up = True
            if self._logged_up is not None:
                logger.info("Redis is back: the processes are joined again")
            self._logged_up = True
            self._on_change()

    def _mark_down(self, reason: str) -> None:
        if self._logged_up is not False:
            logger.warning("Redis is away: %s. The processes don't reach each other", reason)
        self._logged_up = self.is_up = False
        self._on_change()


def group_name() -> str:
    """Return a name for this app only: other apps may share the Redis, but not the SECRET_KEY."""
    digest = salted_hmac("chatapp.realtime.relay", "group", algorithm="sha256").hexdigest()
    return f"chat-{digest[:16]}"


def _first(errors: BaseExceptionGroup[Any]) -> BaseException:
    error = errors.exceptions[0]
    return _first(error) if isinstance(error, BaseExceptionGroup) else error
