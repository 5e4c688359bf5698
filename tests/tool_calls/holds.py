"""Moments at which something outside of the app stands still until the test lets it go on."""

import asyncio
from collections.abc import Awaitable, Callable

WAIT = 40.0  # seconds until what does not happen is a failure
LOOK_EVERY = 0.03  # seconds


async def until[T](look: Callable[[], Awaitable[T]]) -> T:
    """Looks from outside again and again, until something is there."""
    async with asyncio.timeout(WAIT):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(LOOK_EVERY)


class Hold:
    """One that has begun ends by `release` only, also when whoever was held up is gone."""

    def __init__(self) -> None:
        self._reached = asyncio.Event()
        self._released = asyncio.Event()

    async def stay(self) -> None:
        self._reached.set()
        await self._released.wait()

    async def until_reached(self) -> None:
        async with asyncio.timeout(WAIT):
            await self._reached.wait()

    async def release(self) -> None:
        self._released.set()


class Holds:
    """By the name of their moment; each holds up the first that comes there, and nobody after."""

    def __init__(self) -> None:
        self._planned: dict[str, Hold] = {}
        self._all: list[Hold] = []

    def plan(self, moment: str) -> Hold:
        hold = self._planned[moment] = Hold()
        self._all.append(hold)
        return hold

    async def pass_by(self, moment: str) -> None:
        if hold := self._planned.pop(moment, None):
            await hold.stay()

    async def release_all(self) -> None:
        self._planned.clear()
        for hold in self._all:
            await hold.release()
