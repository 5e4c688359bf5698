"""Where the state of a line is: in this process, or shared with the others.

`change` calls a function with the state and the time, and keeps what it made of the state. Another
process may be faster; then the function is called again, with the state of that process.
"""

import time
from collections.abc import Callable
from typing import Protocol

from chatapp.spending.line.state import State

type Change = Callable[[State, float], None]


class StoreAway(Exception):
    """The shared state can't be reached now."""


class Store(Protocol):
    async def change(self, key: str, change: Change) -> State:
        """Change the state of a line, and return it. Raises StoreAway."""

    async def close(self) -> None: ...


class Clock:
    """The clock that all processes share: that of the store, as far as it is known.

    It moves by this process's monotonic time, so nobody sets it forward or back.
    """

    def __init__(self, timer: Callable[[], float] = time.monotonic) -> None:
        self._timer = timer
        self._offset = time.time() - timer()

    def now(self) -> float:
        return self._timer() + self._offset

    def set(self, now: float) -> None:
        self._offset = now - self._timer()


class MemoryStore:
    """Keep the state in this process; nothing here waits."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self.states: dict[str, State] = {}

    async def change(self, key: str, change: Change) -> State:
        state = self.states.get(key)
        if state is None:
            state = self.states[key] = State.empty(self._seconds)
        change(state, self._clock.now())
        return state

    async def close(self) -> None:
        """Keep everything: it is gone with the process."""
