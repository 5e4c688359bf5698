"""How often a running reply is published, and how often its stream is read."""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

FRAME_SECONDS = 0.016  # between two patches while the process is idle
MAX_INTERVAL_SECONDS = 0.1  # between two patches
LIGHT_LOAD = 8  # running replies that keep the pace of one display frame
SECONDS_PER_REPLY = 0.00036  # added for each further one
SECONDS_PER_CHARACTER = 1 / 400_000  # added for each character of the open block
# A reply uses at most one part in this many of the loop's time.
LOOP_SHARE = 5
# Blocks of one reply that wait for the render worker, which serves everybody. The others are
# rendered when the reply has ended.
MAX_IMPROVED_AT_ONCE = 8
MAX_TURN_SECONDS = 0.005  # of reading without a pause, before a pause of the same length


def flush_interval(lag: float, open_block: int, cost: float) -> float:
    """Return the seconds between two patches.

    It grows with the lag of the loop and the length of the open block, and in proportion to `cost`,
    the CPU seconds of the last patch.
    """
    usual = min(FRAME_SECONDS + lag + open_block * SECONDS_PER_CHARACTER, MAX_INTERVAL_SECONDS)
    return max(usual, cost * LOOP_SHARE)


def reading_pause(running: int) -> float:
    """Return the seconds in which the text of one stream gathers before it is read again; 0 for
    none.

    With many replies most of the cost is in waking up for each token: one reading, one rendering
    and one patch then take everything that came meanwhile.
    """
    if running <= LIGHT_LOAD:
        return 0.0
    return min(FRAME_SECONDS + (running - LIGHT_LOAD) * SECONDS_PER_REPLY, MAX_INTERVAL_SECONDS)


class LoopShare:
    """Pauses a reply that has kept the event loop busy: reading what has arrived never waits.

    One iteration of the loop isn't enough for others: pages are made in threads, which wait for
    Python's lock as long as something runs on the loop.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._others_ran = True
        self._busy = self._seen = 0.0

    async def pause_if_used_up(self) -> None:
        now = time.thread_time()
        if self._others_ran:
            self._others_ran = False
            self._loop.call_soon(self._note)
        else:
            self._busy += now - self._seen
        self._seen = now
        if self._busy > MAX_TURN_SECONDS:
            busy, self._busy = self._busy, 0.0
            await asyncio.sleep(busy)

    def _note(self) -> None:
        self._others_ran = True


class FlushClock:
    """Calls `flush` when the last one is long enough ago. Lives on the event loop."""

    def __init__(self, flush: Callable[[], None]) -> None:
        self._flush = flush
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.Handle | None = None
        self._flushed_at = self._lag = self._cost = 0.0

    def interval(self, open_block: int) -> float:
        return flush_interval(self._lag, open_block, self._cost)

    def soon(self, open_block: int) -> None:
        """Flush as soon as the interval allows, unless a flush is planned."""
        if self._timer is None:
            due = self._flushed_at + self.interval(open_block)
            if due <= self._loop.time():
                # After everything that was read at once has been added.
                self._timer = self._loop.call_soon(self._flush)
            else:
                self._timer = self._loop.call_at(due, self._flush_on_time, due)

    @contextmanager
    def flushing(self) -> Iterator[None]:
        """Surround a flush and measure its cost."""
        self.cancel()
        self._flushed_at = self._loop.time()
        began = time.thread_time()
        yield
        self._cost = time.thread_time() - began

    def cancel(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _flush_on_time(self, due: float) -> None:
        self._lag = (self._lag + self._loop.time() - due) / 2
        self._flush()
