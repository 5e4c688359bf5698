"""How long a model has thought about a reply, over all its turns."""

import time


class ThinkingTimer:
    def __init__(self, seconds: float | None) -> None:
        """`seconds` is how long it has thought before, None if it hasn't."""
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
