"""Limit how many bytes of large bodies a process has in memory at once, in total and per person."""

import asyncio
from collections import Counter
from collections.abc import Hashable


class Capacity:
    """Share a number of bytes, of which each person gets at most a share. Sizes are in bytes.

    A waiting body gets its space as soon as it fits, so a short text doesn't wait behind a large
    upload.
    """

    def __init__(self, total: int, share: int, patience: float) -> None:
        """Set the limits; a body waits for space at most `patience` seconds."""
        self._total = total
        self._share = share
        self._patience = patience
        self._held: Counter[Hashable] = Counter()
        self._released = asyncio.Event()

    async def acquire(self, person: Hashable, size: int) -> bool:
        """Reserve space for a body. Return False if there was none for `patience` seconds."""
        try:
            async with asyncio.timeout(self._patience):
                while not self._fits(person, size):
                    await self._released.wait()
        except TimeoutError:
            return False
        self._held[person] += size
        return True

    def release(self, person: Hashable, size: int) -> None:
        self._held[person] -= size
        self._held += Counter()  # removes people without bytes
        released, self._released = self._released, asyncio.Event()
        released.set()

    def _fits(self, person: Hashable, size: int) -> bool:
        return self._held[person] + size <= self._share and self._held.total() + size <= self._total
