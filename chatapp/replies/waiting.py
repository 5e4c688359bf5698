"""The time until the service is asked: again after a failure, or when it is the reply's turn."""

import asyncio
from collections.abc import Callable

from django.utils.translation import gettext

from chatapp.conversations.models import LiveStatus
from chatapp.inference import Waiting
from chatapp.replies.line import Standing

SHOWN_AFTER_SECONDS = 1.0  # in the line; nobody needs to know of a shorter wait
HIDDEN_AFTER_SECONDS = 0.3  # the service may refuse at once, and then the wait goes on
# A shown estimate counts down by itself, until a new one differs by more than both.
MIN_CHANGE_SECONDS = 2.0
MIN_CHANGE = 0.2  # of the time left


class ServiceWait:
    """Hold what a reply waits for; `on_change` is called whenever something else is to be shown.

    Lives on the event loop.
    """

    def __init__(self, on_change: Callable[[], None]) -> None:
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        self._waiting: Waiting | None = None
        self._standing: Standing | None = None
        self._is_shown = False  # the place in the line
        self._until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._hiding: asyncio.TimerHandle | None = None

    @property
    def is_on(self) -> bool:
        return self._waiting is not None or self._is_shown

    def status(self, has_thought_for: float | None) -> LiveStatus:
        if not self.is_on:
            return LiveStatus(has_thought_for=has_thought_for)
        return LiveStatus(
            waits_for=max(0.0, self._until - self._loop.time()),
            wait_reason=gettext(self._waiting.sentence) if self._waiting else "",
            replies_before=self._standing.before if self._standing else None,
            has_thought_for=has_thought_for,
        )

    def begin(self, waiting: Waiting) -> None:
        """Wait for the next try of a call that failed."""
        self.cancel()
        self._waiting, self._until = waiting, self._loop.time() + waiting.seconds
        self._timer = self._loop.call_at(self._until, self._end)
        self._on_change()

    def stand(self, standing: Standing | None) -> None:
        """Wait in the line, at this place; None ends that."""
        if standing is None and self._is_shown:
            self._hiding = self._loop.call_later(HIDDEN_AFTER_SECONDS, self._end)
        elif standing is None:
            self.cancel()
        elif self._standing is None:
            self._take(standing)
            self._timer = self._loop.call_later(SHOWN_AFTER_SECONDS, self._show)
        else:
            if self._hiding:
                self._hiding.cancel()
            if self._is_news(standing):
                self._take(standing)
                if self._is_shown:
                    self._on_change()

    def cancel(self) -> None:
        self._waiting = self._standing = None
        self._is_shown = False
        for timer in filter(None, (self._timer, self._hiding)):
            timer.cancel()

    def _take(self, standing: Standing) -> None:
        self._standing, self._until = standing, self._loop.time() + standing.seconds

    def _is_news(self, standing: Standing) -> bool:
        left = self._until - self._loop.time()
        change = max(MIN_CHANGE_SECONDS, MIN_CHANGE * left)
        is_other_place = self._standing is None or standing.before != self._standing.before
        return is_other_place or abs(standing.seconds - left) > change

    def _show(self) -> None:
        self._is_shown = True
        self._on_change()

    def _end(self) -> None:
        self.cancel()
        self._on_change()
