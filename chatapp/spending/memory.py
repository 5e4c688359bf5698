"""What this process knows about how far caps are used, so that most sends need not ask.

It is only used to leave out questions: whether a call may be made, the database decides.
"""

import time
from collections.abc import Iterable

from chatapp.spending import caps
from chatapp.spending.caps import Limit, Version

LOW_SECONDS = 600.0  # others may spend meanwhile; their calls end with the sentence at worst
MAX_KNOWN = 10_000  # budgets, of people and periods

_low: dict[str, float] = {}  # until when, by the monotonic clock
_high: set[str] = set()  # most of it was used up
_told: set[str] = set()  # and somebody was told
_version: Version | None = None


def is_low(limit: Limit) -> bool:
    """Return whether there was much room a moment ago."""
    _begin_anew()
    return _low.get(limit.key, 0.0) > time.monotonic()


def is_high(limit: Limit) -> bool:
    _begin_anew()
    return limit.key in _high


def is_told(limit: Limit) -> bool:
    _begin_anew()
    return limit.key in _told


def note_low(limits: Iterable[Limit]) -> None:
    _begin_anew()
    until = time.monotonic() + LOW_SECONDS
    for limit in limits:
        _low[limit.key] = until
        _high.discard(limit.key)


def note_high(limits: Iterable[Limit]) -> None:
    _begin_anew()
    for limit in limits:
        _low.pop(limit.key, None)
        _high.add(limit.key)


def note_told(limits: Iterable[Limit]) -> None:
    _begin_anew()
    _told.update(limit.key for limit in limits)


def _begin_anew() -> None:
    """Forget everything once a cap has changed, and what would take too much memory."""
    global _version
    if _version == caps.version() and len(_low) + len(_high) + len(_told) <= MAX_KNOWN:
        return
    _version = caps.version()
    for known in (_low, _high, _told):
        known.clear()
