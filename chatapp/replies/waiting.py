"""The time until the service is asked again."""

import asyncio
from collections.abc import Callable

from django.utils.translation import gettext

from chatapp.inference import Waiting


class ServiceWait:
    """Calls `on_end` when the time is over. Lives on the event loop."""

    def __init__(self, on_end: Callable[[], None]) -> None:
        self._on_end = on_end
        self._loop = asyncio.get_running_loop()
        self._waiting: Waiting | None = None
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def seconds_left(self) -> float | None:
        """Return None while the reply doesn't wait."""
        return max(0.0, self._until - self._loop.time()) if self._waiting else None

    @property
    def reason(self) -> str:
        return gettext(self._waiting.sentence) if self._waiting else ""

    def begin(self, waiting: Waiting) -> None:
        self._waiting, self._until = waiting, self._loop.time() + waiting.seconds
        self._timer = self._loop.call_at(self._until, self._end)

    def cancel(self) -> None:
        self._waiting = None
        if self._timer:
            self._timer.cancel()

    def _end(self) -> None:
        self._waiting = None
        self._on_end()
