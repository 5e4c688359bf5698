"""Share the state with other processes when there are some, and while the shared one is there.

Meanwhile a process keeps its own: the whole quota when it is alone, else its share of it.
"""

import logging
from collections.abc import Callable
from dataclasses import replace

from chatapp.spending.line.state import Entry, State
from chatapp.spending.line.stores import Change, Clock, MemoryStore, StoreAway
from chatapp.spending.line.stores.versioned import VersionedStore

AWAY_SECONDS = 2.0  # until a shared state that failed is tried again

logger = logging.getLogger(__name__)


class SharedStore:
    """`is_shared` returns whether there may be other processes."""

    def __init__(
        self,
        process: str,
        shared: VersionedStore,
        clock: Clock,
        seconds: float,
        is_shared: Callable[[], bool],
    ) -> None:
        self._process = process
        self._shared, self._alone = shared, MemoryStore(clock, seconds)
        self._clock = clock
        self._is_shared = is_shared
        self._away_until = 0.0
        self._together: set[str] = set()  # lines whose last change was shared
        # What the state of each line had as its own began.
        self._first_uses: dict[str, list[list[int]]] = {}

    async def change(self, key: str, change: Change) -> State:
        if self._is_shared() and self._clock.now() >= self._away_until:
            try:
                return await self._change_shared(key, change)
            except StoreAway as error:
                logger.warning("The waiting line can't be shared: %s", error)
                self._away_until = self._clock.now() + AWAY_SECONDS
        self._go_apart(key)
        return await self._alone.change(key, change)

    async def close(self) -> None:
        await self._shared.close()

    async def _change_shared(self, key: str, change: Change) -> State:
        own = None if key in self._together else self._alone.states.get(key)

        def joined(state: State, now: float) -> None:
            if own:
                state.window.merge(own.window, self._first_uses.get(key, []))
                state.blocked_until = max(state.blocked_until, own.blocked_until)
            change(state, now)

        state = await self._shared.change(key, joined)
        self._together.add(key)
        return state

    def _go_apart(self, key: str) -> None:
        """Begin a state of this process with what is known of the shared one."""
        if key in self._together and (last := self._shared.last(key)):
            self._together.discard(key)
            share = 1 / max(1, len(last.processes)) if self._is_shared() else 1.0
            self._alone.states[key] = own = self._own_part(last, share)
            self._first_uses[key] = own.window.uses
        elif not self._is_shared() and (alone := self._alone.states.get(key)):
            alone.share = 1.0

    def _own_part(self, state: State, share: float) -> State:
        return replace(
            state,
            window=state.window.scaled(share),
            waiting=self._own(state.waiting),
            running=self._own(state.running),
            processes=dict(state.processes),
            tags=dict(state.tags),
            foreign=state.foreign.scaled(share),
            share=share,
        )

    def _own(self, entries: dict[str, Entry]) -> dict[str, Entry]:
        return {entry.id: entry for entry in entries.values() if entry.process == self._process}
