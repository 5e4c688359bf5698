"""A person at a server process of its own: HTTP and the socket over the real network."""

import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import websockets

from tests.servers.ports import free_port
from tests.support.tab import JSON
from tests.system.app import OWNER, PASSWORD, App, running_app

WAIT = 20  # seconds


@contextmanager
def two_apps(folder: Path, **environment: str) -> Iterator[tuple[App, App]]:
    """Two server processes on one database."""
    with running_app(folder, **environment) as one:
        port = free_port()
        two = App(f"http://127.0.0.1:{port}", {**one.environment, "PORT": str(port)})
        two.start()
        try:
            yield one, two
        finally:
            two.stop()


class Visitor:
    def __init__(self, app: App, http: httpx.AsyncClient) -> None:
        self.app = app
        self.http = http

    @classmethod
    @asynccontextmanager
    async def at(cls, app: App, email: str = OWNER) -> AsyncIterator["Visitor"]:
        """Somebody who has just signed in."""
        async with httpx.AsyncClient(base_url=app.url, timeout=WAIT) as http:
            visitor = cls(app, http)
            await http.get("/account/sign-in/")
            answer = await visitor.post("/account/sign-in/", login=email, password=PASSWORD)
            assert answer.is_redirect, answer.text
            yield visitor

    async def send(self, conversation: uuid.UUID, text: str) -> None:
        answer = await self.post(
            f"/c/{conversation}/messages", client_id=str(uuid.uuid4()), text=text
        )
        answer.raise_for_status()

    async def post(self, path: str, **fields: str) -> httpx.Response:
        fields = {"csrfmiddlewaretoken": self.http.cookies["csrftoken"], **fields}
        headers = {} if path.startswith("/account") else JSON
        return await self.http.post(path, data=fields, headers=headers)

    @asynccontextmanager
    async def listening(self, app: App | None = None) -> AsyncIterator["Line"]:
        """The socket of a tab, perhaps at another process than the requests."""
        app = app or self.app
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        url = app.url.replace("http", "ws") + "/ws/"
        async with websockets.connect(
            url, origin=app.url, additional_headers={"Cookie": cookies}
        ) as socket:
            yield Line(socket)


class Line:
    def __init__(self, socket: Any) -> None:
        self.socket = socket

    async def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads(await self.socket.recv())
        return event

    async def until(self, kind: str) -> list[dict[str, Any]]:
        events = [await self.event()]
        while events[-1]["type"] != kind:
            events.append(await self.event())
        return events

    async def until_joined(self) -> None:
        event = await self.event()
        while not (event.get("joined") or event.get("value")):
            event = await self.event()
