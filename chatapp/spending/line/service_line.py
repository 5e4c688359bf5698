"""The line in front of the model service: one for each model, shared by all processes."""

import asyncio
import hashlib
from collections.abc import Awaitable
from importlib import import_module
from itertools import count

from django.conf import settings
from django.utils.translation import gettext_noop

from chatapp.inference import InferenceError, RateLimits, Usage
from chatapp.inference.errors import RateLimited
from chatapp.realtime.relay import relay
from chatapp.replies.line import Call, Urgency
from chatapp.server import process_name
from chatapp.spending.line import others, quotas, weights
from chatapp.spending.line.model_line import ModelLine, Spot
from chatapp.spending.line.rules import Tokens
from chatapp.spending.line.state import Entry
from chatapp.spending.line.stores import Clock, MemoryStore, Store
from chatapp.spending.line.stores.shared import SharedStore
from chatapp.spending.line.typical import TypicalUse

# For how long a call may wait. Nobody waits for a title.
PATIENCE_SECONDS = {
    Urgency.REPLY: 1800.0,
    Urgency.TEST: 20.0,
    Urgency.TITLE: 300.0,
    Urgency.CHECK: 1.0,
}
COMMAND = "line"  # to other processes: one of their calls was let through


class WaitedTooLong(RateLimited):
    reason = gettext_noop("The service had no room for this reply for too long.")
    advice = gettext_noop("Try again later.")


class ServiceLine:
    """Implements `replies.line.Line`. `process` names this process among those that share it.

    Tests have another length of a minute, another clock, or a store that several lines share.
    """

    def __init__(
        self,
        process: str = process_name.NAME,
        *,
        window_seconds: float = settings.LINE_WINDOW_SECONDS,
        clock: Clock | None = None,
        store: Store | None = None,
    ) -> None:
        self._process = process
        self._window_seconds = window_seconds
        self._clock = clock or Clock()
        self._given_store = store
        self._numbers = count()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._store: Store
        self._lines: dict[str, ModelLine]
        self._typical: TypicalUse

    def start(self) -> None:
        """Share the line with other processes, if there may be any."""
        self._begin()
        relay.on(COMMAND, self.wake)
        if settings.REDIS_URL:
            self.share_by_redis(settings.REDIS_URL)
        elif not relay.joined:
            self._share_by_database()

    def share_by_redis(self, url: str) -> None:
        self._begin()
        # Imported here, because most instances don't need Redis and its packages take memory.
        redis = import_module("chatapp.spending.line.stores.redis")
        group = import_module("chatapp.realtime.redis_connection").group_name()
        store = redis.RedisStore(url, f"{group}:line", self._clock, self._window_seconds)
        self._store = SharedStore(
            self._process, store, self._clock, self._window_seconds, is_shared=lambda: True
        )

    async def close(self) -> None:
        if self._loop is asyncio.get_running_loop():
            await self._store.close()
            self._loop = None

    async def go(self, call: Call) -> None:
        line = self._line_of(call.request.model)
        tokens_in, tokens_out = await self._typical.estimate(call.request, call.urgency)
        entry = Entry(
            f"{self._process}:{next(self._numbers)}",
            self._process,
            str(call.person),
            call.urgency,
            call.since,
            tokens_in,
            tokens_out,
            await weights.weight_of(call.person),
        )
        spot, tokens = Spot(entry, call.show), Tokens()
        try:
            usage = await self._wait_and_make(call, line, spot)
            tokens = self._typical.learn(call.request, call.urgency, tokens_in, usage)
        except InferenceError:
            if not call.has_output():
                tokens = Tokens(0, 0)
            raise
        finally:
            line.leave(spot, tokens)

    def report(self, model: str, rate_limits: RateLimits) -> None:
        if quotas.reports_quotas():
            self._line_of(model).report(rate_limits)

    async def _wait_and_make(self, call: Call, line: ModelLine, spot: Spot) -> Usage | None:
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE_SECONDS[call.urgency]
        await _until(until, line.enter(spot))
        while True:
            try:
                return await call.make()
            except RateLimited as error:
                wait = error.retry_after
                if call.has_output() or (wait or 0) > until - loop.time():
                    line.refused_later(spot, wait)
                    raise
            await _until(until, line.wait_again(spot, wait))

    def _line_of(self, model: str) -> ModelLine:
        self._begin()
        key = quotas.line_key(model)
        if key not in self._lines:
            place = f"{hashlib.sha256(settings.SERVICE.url.encode()).hexdigest()[:8]}:{key}"
            self._lines[key] = ModelLine(
                place,
                self._process,
                self._store,
                self._clock,
                lambda: quotas.configured(key),
                lambda: relay.send_command(COMMAND),
            )
        return self._lines[key]

    def _begin(self) -> None:
        """Begin with nothing on a loop that is new."""
        if self._loop is not asyncio.get_running_loop():
            self._loop = asyncio.get_running_loop()
            self._lines, self._typical = {}, TypicalUse()
            self._store = self._given_store or MemoryStore(self._clock, self._window_seconds)

    def _share_by_database(self) -> None:
        database = import_module("chatapp.spending.line.stores.database")
        store = database.DatabaseStore(self._clock, self._window_seconds)
        others.start()
        self._store = SharedStore(
            self._process, store, self._clock, self._window_seconds, is_shared=others.are_there
        )

    def wake(self) -> None:
        """Look whose turn it is: another process has let somebody through."""
        for line in self._lines.values():
            line.wake()


async def _until(deadline: float, turn: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout_at(deadline):
            await turn
    except TimeoutError as error:
        raise WaitedTooLong from error


service_line = ServiceLine()
