"""The browser of the tests without the page's scripts: a person's cookies, forms and sockets.

Everything that meets a real app process as a person does is built on this: tests of processes, the
points at which processes die (`tests/tool_calls`), and the pages of the chaos run, which add what
the page's scripts do (`tests/chaos/tab.py`).

Others stay, because they do another job: `tab.Tab` calls the app in the loop and the transaction of
the test; `tests/bench/tabs.py` parses next to nothing, so that hundreds of tabs cost less than what
they measure; `tests/deploy/plain_browser.py` fills in forms only, and so works with two releases;
`tests/rehearsal/person.py` and `tests/chaos/browser.py` drive a real browser.
"""

import asyncio
import json
import uuid
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar
from typing import Any

import httpx
import websockets

from tests.support.people import OWNER, PASSWORD

JSON = {"accept": "application/json"}
WAIT = 20  # seconds
SIGN_IN = "/account/sign-in/"


class Events(ABC):
    """A source of events, one after the other."""

    @abstractmethod
    async def event(self) -> dict[str, Any]: ...

    async def until(self, kind: str) -> list[dict[str, Any]]:
        """Return every event up to the first of a kind."""
        events = [await self.event()]
        while events[-1]["type"] != kind:
            events.append(await self.event())
        return events

    async def until_joined(self) -> None:
        event = await self.event()
        while not (event.get("joined") or event.get("value")):
            event = await self.event()


class Socket(Events):
    def __init__(self, connection: websockets.ClientConnection) -> None:
        self._connection = connection

    async def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(await self._connection.recv())
        return event


class Session:
    """Belongs to one process; paths may be full addresses of others, as cookies know no ports.

    Sessions of one person may share `cookies`.
    """

    def __init__(self, url: str, cookies: CookieJar | None = None, seconds: float = WAIT) -> None:
        self.url = url
        self._seconds = seconds  # for one request
        self.http = httpx.AsyncClient(
            base_url=url, timeout=seconds, cookies=cookies, verify=False, trust_env=False
        )

    @classmethod
    @asynccontextmanager
    async def signed_in(cls, url: str, email: str = OWNER) -> AsyncIterator["Session"]:
        session = cls(url)
        async with session.http:
            await session.sign_in(email)
            yield session

    async def sign_in(self, email: str) -> None:
        await self.http.get(SIGN_IN)
        answer = await self.post(SIGN_IN, login=email, password=PASSWORD)
        assert answer.is_redirect, answer.text

    async def send(self, conversation: object, text: str, **fields: str) -> httpx.Response:
        """Send a message, as the page's script does.

        Raises httpx.HTTPStatusError when it is refused.
        """
        fields = {"client_id": str(uuid.uuid4()), "text": text, **fields}
        return (await self.post(f"/c/{conversation}/messages", **fields)).raise_for_status()

    async def post(self, path: str, **fields: str) -> httpx.Response:
        fields = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"], **fields}
        headers = {} if path.startswith("/account") else JSON
        async with asyncio.timeout(self._seconds):
            return await self.http.post(path, data=fields, headers=headers)

    async def get(self, path: str, **headers: str) -> httpx.Response:
        """Get a page, or JSON where there is a choice and `headers` don't say otherwise.

        Raises httpx.HTTPStatusError.
        """
        async with asyncio.timeout(self._seconds):
            return (await self.http.get(path, headers=JSON | headers)).raise_for_status()

    @asynccontextmanager
    async def listening(self, url: str = "") -> AsyncIterator[Socket]:
        """Open the socket of a tab, perhaps at another process than the requests."""
        url = url or self.url
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        async with websockets.connect(
            url.replace("http", "ws", 1) + "/ws/",
            origin=websockets.Origin(url),
            additional_headers={"Cookie": cookies},
            open_timeout=self._seconds,
            close_timeout=1,
            ping_interval=None,  # no browser sends one
            max_size=None,
            proxy=None,
        ) as connection:
            yield Socket(connection)
