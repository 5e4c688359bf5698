"""Queue events and commands for the other processes: in order, numbered, and limited."""

import asyncio
from typing import NamedTuple

MAX_QUEUED_CHARACTERS = 4_000_000  # a very busy process publishes as much in a second

type GroupEvent = tuple[str, str | None]  # a group and an event
type Command = tuple[str, str]  # a name, and its fields as JSON


class Batch(NamedTuple):
    number: int
    events: list[GroupEvent]
    commands: list[Command]


class SendQueue:
    """Collect events and commands into numbered batches. Belongs to the event loop.

    A dropped event takes a number too, so a process that reads the next batch notices the gap.
    """

    def __init__(self) -> None:
        self.number = 0
        self._is_open = False
        self._events: list[GroupEvent] = []
        self._commands: list[Command] = []
        self._size = 0
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._events) + len(self._commands)

    def open(self) -> None:
        self._is_open = True

    def close(self) -> None:
        """Drop everything and take nothing more, because nothing can be sent."""
        self._is_open = False
        self.take()

    def add_event(self, group: str, event: str | None) -> None:
        if self._reserve(len(event or "")):
            self._events.append((group, event))

    def add_command(self, command: str, fields: str) -> None:
        if self._reserve(len(fields)):
            self._commands.append((command, fields))

    async def filled(self, seconds: float) -> None:
        """Wait until there is something to send, at most `seconds`."""
        try:
            async with asyncio.timeout(seconds):
                await self._filled.wait()
        except TimeoutError:
            return

    def take(self) -> Batch:
        """Return everything in the queue as a batch, which may be empty."""
        self.number += 1
        batch = Batch(self.number, self._events, self._commands)
        self._events, self._commands, self._size = [], [], 0
        self._filled.clear()
        return batch

    def _reserve(self, size: int) -> bool:
        # A single event may be larger than the limit; it is sent alone.
        if not self._is_open or (len(self) and self._size + size > MAX_QUEUED_CHARACTERS):
            self.number += 1
            return False
        self._size += size
        self._filled.set()
        return True
