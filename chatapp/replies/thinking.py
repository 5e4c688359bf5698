"""How long a model has been thinking about a reply, over all the times that it does."""

import time


class ThinkingTimer:
    def __init__(self, seconds: float | None) -> None:
        """`seconds` is what it has thought before, None when it has not."""
        self.finished = seconds
        self._since = 0.0

    @property
    def is_running(self) -> bool:
        return bool(self._since)

    @property
    def seconds(self) -> float | None:
        if not self._since:
            return self.finished
        return (self.finished or 0.0) + time.monotonic() - self._since

    def begin(self) -> None:
        self._since = time.monotonic()

    def end(self) -> None:
        self.finished, self._since = self.seconds, 0.0
