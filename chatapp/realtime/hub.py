"""Deliver events inside one process, by a dictionary of groups, each a set of queues.

An event costs as much as its group has subscribers. Channels' in-memory layer scans every channel
of the process for each message: 1,856 µs with 2,000 sockets, against 0.6 here.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

# A socket that is further behind has lost its connection. It is closed, and its page catches up
# when it reconnects.
MAX_QUEUED_EVENTS = 1_000  # events

CLOSE = None  # in place of an event: the socket is to be closed


class Subscription:
    """Hold the queue of one socket, which belongs to the event loop that made it."""

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.queue: asyncio.Queue[str | None] = asyncio.Queue()
        self.put_at = self.loop.time()

    def put(self, event: str | None) -> None:
        self.put_at = self.loop.time()
        if self.queue.qsize() == MAX_QUEUED_EVENTS:
            self.queue.put_nowait(CLOSE)
        elif self.queue.qsize() < MAX_QUEUED_EVENTS:
            self.queue.put_nowait(event)


class Hub:
    """Deliver events to groups. `on_publish` forwards every event to the other processes."""

    def __init__(self) -> None:
        self._groups: defaultdict[str, set[Subscription]] = defaultdict(set)
        self.on_publish: Callable[[str, str | None], None] | None = None

    @contextmanager
    def subscribed(self, groups: Iterable[str]) -> Iterator[Subscription]:
        """Join groups while the block runs. Call it on the event loop."""
        names = tuple(groups)
        subscription = Subscription()
        for name in names:
            self._groups[name].add(subscription)
        try:
            yield subscription
        finally:
            for name in names:
                self._groups[name].discard(subscription)
                if not self._groups[name]:
                    del self._groups[name]

    def publish(self, group: str, event: str | None) -> None:
        """Deliver an event to every subscriber of a group, in every process. Thread-safe."""
        self.deliver(group, event)
        if self.on_publish:
            self.on_publish(group, event)

    def deliver(self, group: str, event: str | None) -> None:
        """Deliver an event to the subscribers in this process."""
        for subscription in tuple(self._groups.get(group, ())):
            call_on(subscription.loop, subscription.put, event)

    def deliver_to_all(self, event: str) -> None:
        """Deliver an event to every socket of this process once, whatever its groups."""
        for subscription in self._subscriptions():
            call_on(subscription.loop, subscription.put, event)

    def count(self, group: str) -> int:
        """Return the number of subscribers of a group in this process."""
        return len(self._groups.get(group, ()))

    def groups(self) -> list[str]:
        """Return the groups that have a subscriber."""
        return list(self._groups)

    def __len__(self) -> int:
        return len(self._subscriptions())

    def _subscriptions(self) -> set[Subscription]:
        return {member for members in self._groups.values() for member in members}


def call_on[*Args](
    loop: asyncio.AbstractEventLoop, function: Callable[[*Args], object], *args: *Args
) -> None:
    """Call a function on a loop: at once from that loop, soon from another thread."""
    if _is_running(loop):
        function(*args)
    else:
        loop.call_soon_threadsafe(function, *args)


def _is_running(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


hub = Hub()
