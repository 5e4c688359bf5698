"""A real server under one bomb, and what its other people notice.

The app (SQLite, one process) runs on one core, everything else on the other. One person gets the
bomb as a reply, at full speed. A neighbour gets 50 tokens a second, each of which the model stamps
as it leaves and their socket as it comes. A visitor opens the home page and a conversation in turn.
An asker gets short replies, and waits for the end of each. When the bomb has ended, its own page
and its state are asked for while the others go on.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp

from chatapp.server.valid_text import make_valid
from tests.bench.crowd import Member, Plan, crowd
from tests.bench.harness import Model, in_app
from tests.bench.impact import Impact
from tests.bench.load import HARNESS, SERVERS
from tests.bench.model import bomb_prompt
from tests.bench.one_core import Died, OneCore
from tests.bench.onlookers import Asker, Neighbour, Visitor
from tests.bench.tabs import send
from tests.bench.usage import (
    children_mb,
    cpu_seconds,
    forget_peak,
    peak_mb,
    resident_mb,
)
from tests.rendering.bombs import TURNS, text_of
from tests.servers.processes import core_number, pinned, running
from tests.support.markup import RUNNING
from tests.system.app import running_app

POLL_SECONDS = 0.05
LEAST = 1.0  # seconds of measuring
CALM = 3.0  # seconds without a bomb
PATIENCE = 60.0  # seconds for a bomb and its page
TRIES = 3  # at one bomb
NO_END, DIED = LOST = ("no end", "server died")
HISTORY = 6  # messages in the visitor's conversation


@dataclass(slots=True)
class SharedServer:
    """One server, and the people who live there."""

    server: OneCore
    core: int
    model: Model
    cookies: dict[str, str]  # by name
    path: str  # of the visitor's conversation
    patience: float = PATIENCE  # seconds
    tries: int = TRIES
    rate: float = 0.0  # deltas of a bomb a second, 0 for full speed

    @property
    def url(self) -> str:
        return self.server.app.url

    async def calm(self) -> Impact:
        """What is noticed without a bomb."""
        await self.warm_up()
        impact = Impact(bomb="none", size=0, seed=0, end="complete", state=200)
        async with self._measured(impact):
            await asyncio.sleep(CALM)
        return impact

    async def gentlest(self, name: str, size: int, seed: int, calm: Impact) -> Impact:
        """The first try that holds or has no end, else the last: noise only ever adds."""
        for _ in range(self.tries):
            if not self.server.is_fresh:
                self.server.restart()
                await self.warm_up()
            impact = await self.set_off(name, size, seed)
            if impact.end in LOST or not impact.misses(calm):
                break
        return impact

    async def set_off(self, name: str, size: int, seed: int) -> Impact:
        impact = Impact(bomb=name, size=size, seed=seed, rate=self.rate)
        plan = Plan("follow", [Member(self.url, cookie=self.cookies["thrower"])])
        with crowd(plan, HARNESS) as reader:
            assert reader.stdout
            await asyncio.to_thread(reader.stdout.readline)  # it listens
            async with self._measured(impact):
                await self._throw(impact)
        return impact

    async def warm_up(self) -> None:
        """Whatever a server does once, at its first pages and replies, is done."""
        neighbour = self._neighbour()
        await neighbour.begin()
        async with self._http("visitor") as http:
            for path in ("/", self.path) * 3:
                await Visitor(http, [path]).open(path)
        await neighbour.end()
        self.server.refresh()

    @asynccontextmanager
    async def _measured(self, impact: Impact) -> AsyncIterator[None]:
        """The neighbour reads and the visitor looks around for as long as the block runs."""
        neighbour, over, pid = self._neighbour(), asyncio.Event(), self.server.pid
        await neighbour.begin()
        impact.before_mb = resident_mb(pid)
        forget_peak(pid)
        foreign, used = self.server.foreign_seconds(self.core), cpu_seconds(pid)
        begin = time.monotonic()
        async with self._http("visitor") as http:
            visitor = Visitor(http, ("/", self.path))
            asker = Asker(self.url, self.cookies["asker"], self.model)
            others = [asyncio.create_task(visitor.look_around(over))]
            others.append(asyncio.create_task(asker.ask(over)))
            watching = asyncio.create_task(self._watch_memory(impact))
            yield
            end = max(begin + LEAST, time.monotonic())
            await asyncio.sleep(end - time.monotonic())
            over.set()
            watching.cancel()
            if self.server.is_alive:
                impact.cpu = cpu_seconds(pid) - used
                impact.foreign = max(0.0, self.server.foreign_seconds(self.core) - foreign)
                impact.peak_mb = peak_mb(pid)
            if impact.end == NO_END:
                self.server.kill()
            await asyncio.gather(*others)
        tokens = await neighbour.end()
        impact.delays = [(seen - left) * 1000 for left, seen in tokens if begin <= left <= end]
        impact.requests, impact.ends = visitor.durations, asker.durations
        impact.failures += sorted(visitor.failures)

    async def _throw(self, impact: Impact) -> None:
        """From the question to the page of the reply; `impact.end` tells how far it came."""
        conversation, begin = uuid4(), time.monotonic()
        question = bomb_prompt(impact.bomb, impact.size, impact.seed, impact.rate)
        try:
            async with asyncio.timeout(self.patience):
                await send(self.url, self.cookies["thrower"], question, str(conversation))
                reply = await self._end_of_reply(conversation, impact)
                impact.seconds = time.monotonic() - begin
                await self._look_at(conversation, reply, impact)
        except (Died, aiohttp.ClientError, ConnectionError, RuntimeError) as error:
            impact.end = "refused" if self.server.is_alive else DIED
            impact.failures.append(repr(error))
        except TimeoutError:
            impact.end = NO_END
            impact.failures.append(f"not over in {self.patience:g} s")
        impact.seconds = impact.seconds or time.monotonic() - begin

    async def _end_of_reply(self, conversation: UUID, impact: Impact) -> UUID:
        """From the database itself: asking the server would be one more thing that it has to do."""
        query = (
            "SELECT id, status, length(html) FROM conversations_message"
            " WHERE conversation_id = ? AND role = 'assistant'"
        )
        while True:
            with closing(self.server.database()) as database:
                row = database.execute(query, [conversation.hex]).fetchone()
            if row and row[1] not in RUNNING:
                reply, impact.end, impact.html = row
                return UUID(reply)
            if not self.server.is_alive:
                raise Died
            await asyncio.sleep(POLL_SECONDS)

    async def _look_at(self, conversation: UUID, reply: UUID, impact: Impact) -> None:
        page = f"/c/{conversation}/"
        async with self._http("thrower") as http:
            begin = time.monotonic()
            async with http.get(page) as response:
                impact.page_bytes = len(await response.read())
            impact.page_seconds = time.monotonic() - begin
            if response.status != 200:
                impact.failures.append(f"its page answers {response.status}")
            async with http.get(f"{page}replies/{reply}/state") as response:
                impact.state = response.status
                text = (await response.json())["text"] if response.ok else ""
        if impact.bomb not in TURNS and text != make_valid(text_of(impact.bomb, impact.size)):
            impact.failures.append("its text is not what the model said")

    async def _watch_memory(self, impact: Impact) -> None:
        while self.server.is_alive:
            impact.peak_mb = peak_mb(self.server.pid)
            impact.children_mb = max(impact.children_mb, children_mb(self.server.pid))
            await asyncio.sleep(5 * POLL_SECONDS)

    def _neighbour(self) -> Neighbour:
        return Neighbour(self.url, self.cookies["neighbour"], self.model)

    def _http(self, name: str) -> aiohttp.ClientSession:
        limit = aiohttp.ClientTimeout(total=2 * self.patience)
        cookies = {"sessionid": self.cookies[name]}
        return aiohttp.ClientSession(self.url, cookies=cookies, timeout=limit)


@contextmanager
def shared_server(folder: Path) -> Iterator[SharedServer]:
    """A server with four people, until the block ends."""
    with ExitStack() as stack:
        served = stack.enter_context(running("tests.bench.model", core=HARNESS))
        environment = {
            "INFERENCE_URL": served.url,
            "CHAT_LOG_LEVEL": "WARNING",
            "DJANGO_SETTINGS_MODULE": "tests.servers.with_tools",
        }
        with pinned(SERVERS):
            app = stack.enter_context(running_app(folder, **environment))
        people = ("thrower", "neighbour", "visitor", "asker")
        cookies = {
            name: in_app(app.environment, "cookie", f"{name}@example.com") for name in people
        }
        path = in_app(app.environment, "conversation", "visitor@example.com", HISTORY)
        core = core_number(SERVERS)
        stack.enter_context(pinned(HARNESS))
        yield SharedServer(OneCore(app), core, Model(served.url, served.pid), cookies, path)
