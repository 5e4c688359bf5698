"""What waits to be sent to the other processes: in order, numbered, and never more than fits."""

import asyncio
from typing import NamedTuple

MAX_WAITING = 4_000_000  # characters; what one second of a very busy process publishes

type News = tuple[str, str | None]  # a group and an event
type Command = tuple[str, str]  # a name, and its fields as JSON


class Batch(NamedTuple):
    number: int
    news: list[News]
    commands: list[Command]


class Outbox:
    """Belongs to the event loop.

    Batches are numbered. What is dropped takes a number too, so whoever reads the next batch
    notices that something is missing.
    """

    def __init__(self) -> None:
        self.number = 0
        self._is_open = False
        self._news: list[News] = []
        self._commands: list[Command] = []
        self._size = 0
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._news) + len(self._commands)

    def open(self) -> None:
        self._is_open = True

    def shut(self) -> None:
        """Nothing can be sent: forgets what waits and takes nothing more."""
        self._is_open = False
        self.take()

    def publish(self, group: str, event: str | None) -> None:
        if self._has_room(len(event or "")):
            self._news.append((group, event))

    def tell(self, command: str, fields: str) -> None:
        if self._has_room(len(fields)):
            self._commands.append((command, fields))

    async def filled(self, seconds: float) -> None:
        """Waits until there is something to send, at most that long."""
        try:
            async with asyncio.timeout(seconds):
                await self._filled.wait()
        except TimeoutError:
            return

    def take(self) -> Batch:
        """Hands out everything that waits, which may be nothing."""
        self.number += 1
        batch = Batch(self.number, self._news, self._commands)
        self._news, self._commands, self._size = [], [], 0
        self._filled.clear()
        return batch

    def _has_room(self, size: int) -> bool:
        # A single event may be larger than the room: then it goes alone.
        if not self._is_open or (len(self) and self._size + size > MAX_WAITING):
            self.number += 1
            return False
        self._size += size
        self._filled.set()
        return True
