"""People who use the app while something else goes on: one reads a long reply, one looks around,
one asks for short replies."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import aiohttp
import httpx

from tests.bench.harness import Model
from tests.bench.model import prompt
from tests.bench.tabs import Sighting, Tab, send

RATE = 50  # tokens a second
MAX_TOKENS = 100_000  # the reply is ended when enough was measured
GAP = 0.02  # seconds between two pages
LAST_SECONDS = 10.0  # until the end of a reply that the model has ended
SHORT = 120  # tokens, with a heading, a list and a block of code
PAUSE = 0.3  # seconds between two short replies


@dataclass(slots=True)
class Neighbour:
    """Gets a reply and notes when each token is there."""

    url: str
    cookie: str
    model: Model
    tokens: int = MAX_TOKENS
    rate: float = RATE
    run: str = ""
    sighting: Sighting = field(init=False)
    tab: Tab = field(init=False)

    async def begin(self) -> None:
        self.run = self.model.new_run()
        self.sighting = Sighting(self.run)
        place = urlsplit(self.url)
        _, self.tab = await asyncio.get_running_loop().create_connection(
            lambda: Tab(place.netloc, self.cookie, self.sighting), place.hostname, place.port
        )
        await self.tab.ready
        await send(self.url, self.cookie, prompt(self.run, self.tokens, self.rate))
        await self.tab.begun

    async def end(self) -> list[tuple[float, float]]:
        """Return when each token left and when it was here; one that never came counts as now."""
        async with httpx.AsyncClient(timeout=LAST_SECONDS) as http:
            sent = (await http.get(f"{self.model.url}/end/{self.run}")).json()
        await asyncio.wait({self.tab.finished}, timeout=LAST_SECONDS)
        self.tab.close()
        missing = len(sent) - len(self.sighting.seen)
        return list(zip(sent, [*self.sighting.seen, *[time.monotonic()] * missing], strict=False))


@dataclass(slots=True)
class Visitor:
    """Opens one page after the other."""

    http: aiohttp.ClientSession
    paths: Sequence[str]
    durations: list[float] = field(default_factory=list)  # ms
    failures: set[str] = field(default_factory=set)

    async def look_around(self, over: asyncio.Event) -> None:
        """Open pages until it is over, and finish the round."""
        while not over.is_set():
            for path in self.paths:
                await self.open(path)
                await asyncio.sleep(GAP)

    async def open(self, path: str) -> None:
        begin = time.monotonic()
        try:
            async with self.http.get(path) as response:
                await response.read()
                if response.status != 200:
                    self.failures.add(f"a page answers {response.status}")
        except (aiohttp.ClientError, TimeoutError) as error:
            self.failures.add(f"a page ends in {type(error).__name__}")
        self.durations.append((time.monotonic() - begin) * 1000)


@dataclass(slots=True)
class Asker:
    """Asks for one short reply after the other."""

    url: str
    cookie: str
    model: Model
    durations: list[float] = field(default_factory=list)  # ms from the last token to the end

    async def ask(self, over: asyncio.Event) -> None:
        """Ask until it is over or the server is gone, and wait for the last reply."""
        with suppress(ConnectionError, RuntimeError):
            while not over.is_set():
                reply = Neighbour(self.url, self.cookie, self.model, SHORT, rate=0)
                await reply.begin()
                await asyncio.wait({reply.tab.finished}, timeout=LAST_SECONDS)
                end = time.monotonic()
                sent = [left for left, _seen in await reply.end()]
                self.durations.append((end - sent[-1]) * 1000)
                await asyncio.sleep(PAUSE)
