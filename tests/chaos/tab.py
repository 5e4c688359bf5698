"""A page with one conversation, which does what the browser's scripts do.

It applies events, retries a post under the same client id, and asks for the state of a reply when a
patch is missing, when the socket was away, and in silence.
"""

import asyncio
import random
import time
from collections.abc import Callable, Coroutine, Mapping
from contextlib import suppress
from typing import Any

import httpx
import websockets

from tests.chaos.articles import Articles
from tests.chaos.record import Record, View
from tests.support.markup import CSRF_TOKEN
from tests.support.session import Session

PATIENCE = 40.0  # seconds for one request
AGAIN = 1.0  # seconds until a request that failed is made again
POLL_SECONDS = 0.5
SOCKET_SILENCE = 35.0  # seconds; the pulse comes every 15
SILENCE = {True: 5.0, False: 1.0}  # seconds without a patch, by whether Redis joins the processes
LONGEST_WAIT = 10.0  # seconds between two tries to open a socket

# What a request raises when a process dies, a connection is cut or a wait is too long.
LOST = (httpx.HTTPError, websockets.WebSocketException, TimeoutError, OSError)


class Tab:
    """Shows one conversation; `until` waits for what the person waits for."""

    def __init__(self, name: str, person: Session, record: Record) -> None:
        self.name = name
        self.conversation = ""
        self.articles = Articles(self._ask_soon)
        self._record = record
        self._joined = True
        self._news = asyncio.Event()
        self._catching_up = asyncio.Lock()
        self._is_down = False
        self._asking: set[str] = set()
        self._ended: set[tuple[str, int, str]] = set()
        self._heard: dict[str, float] = {}  # when a reply was last heard of or asked for
        self._tasks: set[asyncio.Task[None]] = set()
        # Each page has its own connections: sharing them would rarely reach all processes.
        self._session = Session(person.url, person.http.cookies.jar, PATIENCE)

    @property
    def now(self) -> float:
        return time.monotonic()

    @property
    def view(self) -> View:
        shown = [article.shown for article in self.articles.in_order]
        return View(self.name, self.conversation, shown)

    async def open(self, conversation: str, *, new: bool = False) -> None:
        """Load the page of a conversation, or the empty one that will become it, and listen."""
        self.conversation = conversation
        page = await self._page("/" if new else f"/c/{conversation}/")
        assert CSRF_TOKEN.search(page), f"{self.name} got a page without a form"
        self.articles.insert(page)
        for work in (self._listen(), self._ask_in_silence()):
            self._spawn(work)

    async def reload(self) -> None:
        """Reload the page, which forgets everything."""
        await self._hang_up()
        self.articles = Articles(self._ask_soon)
        await self.open(self.conversation)

    async def close(self) -> None:
        await self._hang_up()
        await self._session.http.aclose()

    async def until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Wait for the page to show something, and return whether it did in time."""
        deadline = time.monotonic() + seconds
        while not holds() and time.monotonic() < deadline:
            self._news.clear()
            with suppress(TimeoutError):  # what is waited for may happen on another page
                await asyncio.wait_for(self._news.wait(), POLL_SECONDS)
        return holds()

    async def post(self, path: str, **fields: str) -> tuple[int, dict[str, Any]]:
        """Post until a process answers; a 5xx counts as no answer."""
        while True:
            with suppress(*LOST):
                answer = await self._session.post(path, **fields)
                if answer.status_code < 500:
                    return answer.status_code, answer.json() if answer.text else {}
            await asyncio.sleep(AGAIN)

    async def catch_up_soon(self, seconds: float) -> None:
        """Fetch the newer part of the list after a pause, until it succeeds."""
        await asyncio.sleep(seconds)
        await self._catch_up_until_told()

    async def catch_up(self) -> None:
        """Fetch the newer part of the list, and one message more, which a retry may replace.

        One fetch at a time, again as long as the last message changes: an answer may be about
        another branch than the page shows by then.
        """
        async with self._catching_up:
            before = None
            while (last := self.articles.last) and last.id != before:
                before, after = last.id, max(0, last.position - 1)
                path = f"/c/{self.conversation}/messages?after={after}&head={last.id}"
                self.articles.insert((await self._session.get(path)).text)
                self._tell()

    async def _page(self, path: str) -> str:
        while True:
            with suppress(*LOST):
                return (await self._session.get(path, accept="text/html")).text
            await asyncio.sleep(AGAIN)

    # --- The socket ---------------------------------------------------------------------

    async def _listen(self) -> None:
        failures = 0
        while True:
            with suppress(*LOST):
                async with self._session.listening() as socket:
                    while True:
                        async with asyncio.timeout(SOCKET_SILENCE):
                            event = await socket.event()
                        failures = 0
                        self._receive(event)
            self._is_down = True
            wait = min(LONGEST_WAIT, 0.5 * 2**failures)
            failures += 1
            await asyncio.sleep(wait * (0.5 + random.random() / 2))

    def _receive(self, event: Mapping[str, Any]) -> None:
        if event["type"] in ("hello", "joined"):
            self._is_down = False
            self._joined = event.get("joined", event.get("value", True))
            self._spawn(self._catch_up_until_told())
        elif event.get("conversation") == self.conversation:
            self._take(event)
            self._tell()

    def _take(self, event: Mapping[str, Any]) -> None:
        match event["type"]:
            case "message.created" if event["parent"] not in {None, *self.articles.known}:
                self._spawn(self._catch_up_until_told())
            case "message.created":
                self.articles.insert_new(event["html"], event["replaces"])
            case "message.finished" | "message.changed" | "reply.resumed":
                if event["message"] in self.articles.known:
                    self.articles.insert(event["html"])
                else:
                    self._spawn(self._catch_up_until_told())
            case "branch.changed":
                if not self.articles.last or event["head"] != self.articles.last.id:
                    self._spawn(self._catch_up_until_told())
            case "reply.patch":
                self._heard[event["reply"]] = time.monotonic()
                self.articles.patch(event)
            case "reply.remote" if event["reply"] not in self.articles.known:
                self._spawn(self._catch_up_until_told())
            case "reply.remote":
                self._ask_soon(event["reply"])

    async def _catch_up_until_told(self) -> None:
        """Ask for the state of what runs and for the newer part of the list."""
        for article in self.articles.running:
            self._ask_soon(article.id)
        while True:
            with suppress(*LOST):
                await self.catch_up()
                return
            await asyncio.sleep(AGAIN)

    # --- The state of replies -----------------------------------------------------------

    def _ask_soon(self, reply: str) -> None:
        self._spawn(self._ask(reply))

    async def _ask(self, reply: str) -> None:
        """Ask for the state, and again after a second while a patch is missing."""
        article = self.articles.known.get(reply)
        if article is None or reply in self._asking:
            return
        self._asking.add(reply)
        self._heard[reply] = time.monotonic()
        try:
            answer = await self._session.get(article.data["state-url"])
            self.articles.adopt(answer.json())
            self._tell()
        except LOST:
            pass  # what is missing is asked for below, or when the socket is back
        finally:
            self._asking.discard(reply)
        await asyncio.sleep(AGAIN)
        if self.articles.is_behind(reply):
            await self._ask(reply)

    async def _ask_in_silence(self) -> None:
        while True:
            await asyncio.sleep(AGAIN / 2)
            silence = AGAIN if self._is_down else SILENCE[self._joined]
            before = time.monotonic() - silence
            for article in self.articles.running:
                if self._heard.setdefault(article.id, time.monotonic()) < before:
                    self._ask_soon(article.id)

    # --- The page itself ----------------------------------------------------------------

    def _tell(self) -> None:
        """Wake the person, and record what the page shows now."""
        now = time.monotonic()
        for reply, text in self.articles.texts.items():
            if text.blocks and reply in self.articles.known:
                self._record.attempts[reply].setdefault(text.attempt, now)
        for article in self.articles.known.values():
            ended = (article.id, article.attempt, article.status)
            if article.is_reply and not article.is_running and ended not in self._ended:
                self._ended.add(ended)
                self._record.ends[article.id].append(now)
        self._news.set()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            self._record.complaints.append(f"{self.name}: {error!r}")

    async def _hang_up(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
