"""What a model thinks in each of a reply's turns, and for how long."""

import time
from typing import Any

from chatapp.conversations.models import Message, Thought
from chatapp.conversations.models.activities import stored_thoughts


class Thinking:
    """Notes where thoughts begin in the reasoning; the thoughts of a turn are one."""

    def __init__(self, reply: Message) -> None:
        self._thoughts = stored_thoughts(reply)
        self._since = 0.0

    @property
    def is_running(self) -> bool:
        return bool(self._since)

    @property
    def turn(self) -> int:
        """Return the last turn in which the model thought."""
        return int(self._thoughts[-1][0])

    @property
    def seconds(self) -> float | None:
        """Return how long it has thought in all turns, None if it hasn't."""
        times = [seconds for *_, seconds in self.stored if seconds is not None]
        return sum(times) if times else None

    @property
    def seconds_so_far(self) -> float | None:
        """Return how long it has thought in this turn, None if it doesn't think."""
        return self.stored[-1][2] if self.is_running else None

    @property
    def stored(self) -> list[list[Any]]:
        """Return the thoughts as the column `thoughts` has them."""
        if not self._since:
            return [*self._thoughts]
        *before, (turn, begin, seconds) = self._thoughts
        return [*before, [turn, begin, (seconds or 0.0) + time.monotonic() - self._since]]

    def last(self, reasoning: str) -> Thought:
        """Return the last thought as the page shows it, given all of the reasoning."""
        turn, begin, seconds = self._thoughts[-1]
        return Thought(turn, reasoning[begin:], seconds, self.seconds_so_far)

    def begin(self, turn: int, begin: int) -> bool:
        """Begin to think after so many characters of reasoning; return whether the turn is new."""
        is_new = not self._thoughts or self.turn != turn
        if is_new:
            self._thoughts.append([turn, begin, None])
        self._since = time.monotonic()
        return is_new

    def end(self) -> None:
        self._thoughts, self._since = self.stored, 0.0
