"""How many bytes of large bodies a process holds at once, for everybody and for one person."""

import asyncio
from collections import Counter
from collections.abc import Hashable


class Capacity:
    """A shared number of bytes, of which nobody gets more than a share.

    Whoever waits for room takes it as soon as it fits: a short text isn't held up by a large upload
    that waits in front of it. Sizes are in bytes.
    """

    def __init__(self, total: int, share: int, patience: float) -> None:
        """`patience` is how long somebody waits for room, in seconds."""
        self._total = total
        self._share = share
        self._patience = patience
        self._held: Counter[Hashable] = Counter()
        self._released = asyncio.Event()

    async def acquire(self, person: Hashable, size: int) -> bool:
        """Hold room for a body; False when there was none for as long as one waits."""
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
        self._held += Counter()  # keeps only who holds something
        released, self._released = self._released, asyncio.Event()
        released.set()

    def _fits(self, person: Hashable, size: int) -> bool:
        return self._held[person] + size <= self._share and self._held.total() + size <= self._total
