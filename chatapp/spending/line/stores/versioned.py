"""Change a state that other processes change too: it is stored if nobody else was faster."""

import secrets
from abc import ABC, abstractmethod
from dataclasses import dataclass

from chatapp.spending.line.state import State
from chatapp.spending.line.stores import Change, Clock, StoreAway

MAX_TRIES = 30
UNKNOWN = "?"  # the version of a state that has to be read first


@dataclass(slots=True)
class Known:
    """The state as this process stored or read it last."""

    version: str
    state: State | None


@dataclass(frozen=True, slots=True)
class Stored:
    """The answer of a store: the new version was stored, or what is there instead."""

    is_new: bool
    version: str = ""
    text: str = ""


class VersionedStore(ABC):
    """Keep the last state, so that a process alone needs one round trip for a change."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self.clock = clock
        self._seconds = seconds
        self._known: dict[str, Known] = {}
        self._last: dict[str, str] = {}  # what was stored or read last, also after an error

    async def change(self, key: str, change: Change) -> State:
        known = self._known.pop(key, None) or Known(UNKNOWN, None)
        for _ in range(MAX_TRIES):
            version, text = UNKNOWN, ""
            if known.state is not None:
                change(known.state, self.clock.now())
                text = known.state.to_json()
                # A look that changes nothing doesn't disturb the others.
                is_same = known.version and text == self._last.get(key)
                version = known.version if is_same else secrets.token_hex(8)
            # While this waits nothing is known: after an error nobody knows what was stored.
            stored = await self.store(key, known.version, version, text)
            if known.state is not None and stored.is_new:
                self._known[key], self._last[key] = Known(version, known.state), text
                return known.state
            known = Known(stored.version, self._found(key, stored.text))
        raise StoreAway("other processes were faster every time")

    def last(self, key: str) -> State | None:
        """Return the state as it was stored or read last."""
        text = self._last.get(key)
        return State.from_json(text, self._seconds) if text else None

    def _found(self, key: str, text: str) -> State:
        """Return the stored state; if it was lost, as by a restart, the last that we know."""
        if text:
            self._last[key] = text
        return self.last(key) or State.empty(self._seconds)

    @abstractmethod
    async def store(self, key: str, known: str, version: str, text: str) -> Stored:
        """Store the text as `version` if the stored version is `known`, else return what is stored.

        With `version` UNKNOWN nothing is stored. Sets the clock. Raises StoreAway.
        """

    @abstractmethod
    async def close(self) -> None: ...
