"""Pause the model or a tool at a named moment, until the test releases it."""

import asyncio
from collections.abc import Awaitable, Callable

WAIT = 40.0  # seconds until what does not happen is a failure
POLL_SECONDS = 0.03


async def until[T](look: Callable[[], Awaitable[T]]) -> T:
    """Poll until something is found, and return it."""
    async with asyncio.timeout(WAIT):
        while True:
            if found := await look():
                return found
            await asyncio.sleep(POLL_SECONDS)


class Pause:
    """A pause ends only by `release`, even when the request that it held up is gone."""

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


class Pauses:
    """Pauses by the name of their moment; each holds up only the first request to get there."""

    def __init__(self) -> None:
        self._planned: dict[str, Pause] = {}
        self._all: list[Pause] = []

    def plan(self, moment: str) -> Pause:
        pause = self._planned[moment] = Pause()
        self._all.append(pause)
        return pause

    async def reach(self, moment: str) -> None:
        if pause := self._planned.pop(moment, None):
            await pause.stay()

    async def release_all(self) -> None:
        self._planned.clear()
        for pause in self._all:
            await pause.release()
