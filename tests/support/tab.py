"""One tab in the loop of the test: HTTP through Django's client, the socket through ASGI.

No server and no network lie between, so a test can wait in the middle of a request, patch what the
app calls and count queries, which a Session (`session.py`) at another process cannot.
"""

import json
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from asgiref.testing import ApplicationCommunicator
from django.test import AsyncClient

from chatapp.accounts.models import Person
from chatapp.asgi import application
from tests.support.session import JSON, Events

WAIT = 10  # seconds until an event that does not come is a failure


class Socket(Events):
    """The server's side of one websocket, event by event."""

    def __init__(
        self, cookie: str = "", origin: str = "http://testserver", path: str = "/ws/"
    ) -> None:
        headers = [(b"host", b"testserver"), (b"origin", origin.encode())]
        if cookie:
            headers.append((b"cookie", f"sessionid={cookie}".encode()))
        scope = {"type": "websocket", "path": path, "headers": headers, "subprotocols": []}
        self._app = ApplicationCommunicator(application, scope)

    async def open(self) -> dict[str, Any]:
        """Connect, and return the server's first message of the handshake."""
        await self._app.send_input({"type": "websocket.connect"})
        return await self._app.receive_output(WAIT)

    async def close(self) -> None:
        await self._app.send_input({"type": "websocket.disconnect", "code": 1000})
        await self._app.wait(WAIT)

    async def message(self) -> dict[str, Any]:
        return await self._app.receive_output(WAIT)

    async def event(self) -> dict[str, Any]:
        event: dict[str, Any] = json.loads((await self.message())["text"])
        return event

    async def is_silent(self) -> bool:
        return await self._app.receive_nothing(timeout=0.05)


class Tab:
    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.conversation = uuid.uuid4()

    @classmethod
    async def of(cls, person: Person) -> "Tab":
        client = AsyncClient()
        await client.aforce_login(person)
        return cls(client)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Socket]:
        socket = Socket(self.client.cookies["sessionid"].value)
        assert (await socket.open())["type"] == "websocket.accept"
        assert (await socket.event())["type"] == "hello"
        yield socket
        await socket.close()

    async def send(self, text: str, **fields: Any) -> Any:
        fields = {"client_id": str(uuid.uuid4()), "text": text, **fields}
        return await self.client.post(f"/c/{self.conversation}/messages", fields, headers=JSON)

    async def post(self, path: str, **fields: Any) -> Any:
        return await self.client.post(f"/c/{self.conversation}/{path}", fields, headers=JSON)

    async def get(self, path: str) -> Any:
        return await self.client.get(f"/c/{self.conversation}/{path}")
