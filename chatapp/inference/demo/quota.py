"""Count requests and tokens, and report them in headers as the service does.

Nothing is refused: benchmarks send more than the real service allows.
"""

from __future__ import annotations

import math
import time
from collections import deque
from collections.abc import Callable

REQUESTS = 150  # a minute
TOKENS = 800_000  # a minute
WINDOW_SECONDS = 60.0

Clock = Callable[[], float]
Headers = list[tuple[bytes, bytes]]


class SlidingMinute:
    """Count how much of `limit` was used in the last minute. `clock` is in seconds."""

    def __init__(self, limit: int, clock: Clock) -> None:
        self.limit = limit
        self._clock = clock
        self._uses: deque[tuple[float, int]] = deque()
        self._used = 0

    def use(self, amount: int) -> None:
        self._uses.append((self._clock(), amount))
        self._used += amount

    @property
    def remaining(self) -> int:
        start = self._clock() - WINDOW_SECONDS
        while self._uses and self._uses[0][0] <= start:
            self._used -= self._uses.popleft()[1]
        return max(0, self.limit - self._used)

    @property
    def reset(self) -> int:
        """Return the seconds until the oldest use no longer counts."""
        if not self._uses:
            return 0
        return max(0, math.ceil(self._uses[0][0] + WINDOW_SECONDS - self._clock()))


class Quota:
    def __init__(self, clock: Clock = time.monotonic) -> None:
        self.requests = SlidingMinute(REQUESTS, clock)
        self.tokens = SlidingMinute(TOKENS, clock)

    def headers(self) -> Headers:
        headers: Headers = []
        for name, window in ((b"requests", self.requests), (b"tokens", self.tokens)):
            headers += [
                (b"x-ratelimit-limit-" + name, b"%d" % window.limit),
                (b"x-ratelimit-remaining-" + name, b"%d" % window.remaining),
                (b"x-ratelimit-reset-" + name, b"%ds" % window.reset),
            ]
        return headers
