"""The line of one model, as this process takes part in it."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from chatapp import background
from chatapp.inference import RateLimits
from chatapp.replies.line import Standing
from chatapp.spending.line import order, rules
from chatapp.spending.line.forecast import Prospect, forecast
from chatapp.spending.line.rules import Tokens
from chatapp.spending.line.state import Entry, Limits, State
from chatapp.spending.line.stores import Change, Clock, Store

RENEW_SECONDS = 2.5  # while calls run
POLL_SECONDS = 1.0  # while somebody waits: others may have let them through
MIN_PAUSE_SECONDS = 0.02
MIN_CHANGE = 0.05  # of a quota; what the headers report is taken in from there on


@dataclass(slots=True, eq=False)
class Spot:
    """A call of this process, from when it waits until it ends."""

    entry: Entry
    show: Callable[[Standing | None], object]
    turn: asyncio.Future[None] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    @property
    def waits(self) -> bool:
        return not self.turn.done()

    def let_through(self) -> None:
        if self.waits:
            self.turn.set_result(None)
            self.show(None)

    def refused(self) -> None:
        """Wait again."""
        self.entry = replace(self.entry, refusals=self.entry.refusals + 1, granted_at=0.0)
        self.turn = asyncio.get_running_loop().create_future()


class ModelLine:
    """Everything that happens here between two changes of the state goes into the next one.

    `announce` is called when this process has let through a call of another one.
    """

    def __init__(
        self,
        key: str,
        process: str,
        store: Store,
        clock: Clock,
        quota: Callable[[], Limits],
        announce: Callable[[], object],
    ) -> None:
        self._key, self._process = key, process
        self._store, self._clock = store, clock
        self._quota, self._announce = quota, announce
        self._spots: dict[str, Spot] = {}
        self._changes: list[Change] = []
        self._is_stale = False
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._wake = asyncio.Event()
        self._last: State | None = None
        self._prospects: dict[str, Prospect] = {}  # of everybody who waits, the next first
        self._has_let_others_through = False

    async def enter(self, spot: Spot) -> None:
        """Return when the call may be made."""
        self._spots[spot.entry.id] = spot
        await self._change_now()
        if self._spots:
            background.spawn(f"line:{self._process}:{self._key}", self._keep())
        await asyncio.shield(spot.turn)

    async def wait_again(self, spot: Spot, seconds: float | None) -> None:
        """Return to the front after a refusal for the quota; return when it is its turn."""
        spot.refused()
        self._changes.append(partial(_refuse, spot.entry.id, seconds))
        await self._change_now()
        await asyncio.shield(spot.turn)

    def leave(self, spot: Spot, tokens: Tokens) -> None:
        """End a call, or the wait for it."""
        if self._spots.pop(spot.entry.id, None):
            spot.turn.cancel()
            self._changes.append(partial(_leave, spot.entry.id, tokens))
            self._start(self._change())

    def refused_later(self, spot: Spot, seconds: float | None) -> None:
        """Note a refusal of a call that isn't made again."""
        self._changes.append(partial(_refuse, spot.entry.id, seconds))

    def report(self, reported: RateLimits) -> None:
        if self._is_news(reported):
            self._changes.append(lambda state, now: rules.report(state, reported, now))
            self._start(self._change())

    def wake(self) -> None:
        """Look at once: another process has let somebody through."""
        self._wake.set()

    async def _change_now(self) -> None:
        # Whoever waits may be stopped; a change that has begun ends all the same.
        await asyncio.shield(self._start(self._change()))

    def _start(self, change: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Begin at once, which is all that it takes in a process alone."""
        self._is_stale = True
        task = asyncio.Task(change, loop=asyncio.get_running_loop(), eager_start=True)
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return task

    async def _change(self) -> None:
        async with self._changing:
            if not self._is_stale:
                return  # the change before this one has done it
            self._is_stale, changes, self._changes = False, self._changes, []
            spots = list(self._spots.values())
            try:
                state = await self._store.change(self._key, partial(self._apply, changes, spots))
            except BaseException:
                self._is_stale, self._changes = True, changes + self._changes
                raise
            self._take_in(state)
        if self._has_let_others_through:
            self._announce()

    def _apply(self, changes: list[Change], spots: list[Spot], state: State, now: float) -> None:
        """Change the state. May be called again, with the state of a process that was faster."""
        rules.renew(state, self._process, now)
        rules.clean_up(state, now)
        for spot in spots:
            self._restore(spot, state, now)
        for change in changes:
            change(state, now)
        before = state.running.keys() | ()
        rules.let_through(state, self._quota(), now)
        new = state.running.keys() - before
        self._has_let_others_through = any(
            state.running[entry].process != self._process for entry in new
        )

    def _restore(self, spot: Spot, state: State, now: float) -> None:
        """Add an entry that is new, or that was lost with the shared state or the lease."""
        entry = spot.entry
        if entry.id in state.waiting or entry.id in state.running:
            return
        if entry.granted_at:
            rules.begin(state, replace(entry), entry.granted_at)
            state.window.forget(now)
        else:
            order.arrive(state, replace(entry))

    def _take_in(self, state: State) -> None:
        self._last = state
        now = self._clock.now()
        self._prospects = forecast(state, self._quota(), now) if state.waiting else {}
        for entry_id, spot in list(self._spots.items()):
            if running := state.running.get(entry_id):
                # A refusal that isn't stored yet makes it wait again.
                if running.refusals == spot.entry.refusals:
                    spot.entry = replace(running)
                    spot.let_through()
            elif spot.waits and (prospect := self._prospects.get(entry_id)):
                spot.show(Standing(prospect.before, prospect.seconds))

    async def _keep(self) -> None:
        """Renew the lease while calls run, and look whose turn it is while some wait."""
        while self._spots:
            self._wake.clear()
            pause = RENEW_SECONDS
            if any(spot.waits for spot in self._spots.values()):
                first = next(iter(self._prospects.values()), None)
                pause = min(POLL_SECONDS, first.seconds) if first else POLL_SECONDS
            with suppress(TimeoutError):
                async with asyncio.timeout(max(MIN_PAUSE_SECONDS, pause)):
                    await self._wake.wait()
            await self._change_now()
            await asyncio.sleep(MIN_PAUSE_SECONDS)

    def _is_news(self, reported: RateLimits) -> bool:
        """Return whether headers say more than what is known; most don't."""
        state = self._last
        if state is None or state.probe:
            return True
        known, foreign = state.learned, rules.foreign_use(state, reported)
        if (foreign.requests or foreign.tokens) and rules.is_foreign_old(state, self._clock.now()):
            return True
        quotas = (
            (reported.requests.limit, known.requests, foreign.requests, state.foreign.requests),
            (reported.tokens.limit, known.tokens, foreign.tokens, state.foreign.tokens),
        )
        return any(
            limit and (limit != old or abs((now or 0) - (before or 0)) > limit * MIN_CHANGE)
            for limit, old, now, before in quotas
        )


def _refuse(entry_id: str, seconds: float | None, state: State, now: float) -> None:
    rules.refuse(state, entry_id, seconds, now)


def _leave(entry_id: str, tokens: Tokens, state: State, now: float) -> None:
    rules.leave(state, entry_id, tokens, now)
