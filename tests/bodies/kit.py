"""Requests with bodies of any size, without a network: a client, an application, and the limit
between them."""

import asyncio
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.urls import reverse

from chatapp.server.bodies.limit import REFUSAL, BodyLimit

MULTIPART = b"multipart/form-data; boundary=b"
CONVERSATION = uuid4()
SECONDS = 20  # that nothing here takes


async def ada(scope: Any) -> str:
    return "Ada"


class Client:
    """Sends a body in pieces, and keeps what comes back."""

    def __init__(self, size: int, piece: int = 64 * 1024) -> None:
        self.left = size
        self.piece = piece
        self.read = 0  # by the server
        self.answered: list[dict[str, Any]] = []

    async def receive(self) -> dict[str, Any]:
        if self.left < 0:
            await asyncio.Event().wait()
        count = min(self.piece, self.left)
        self.read += count
        self.left -= count
        body = b"x" * count
        more = self.left > 0
        self.left = self.left if more else -1
        return {"type": "http.request", "body": body, "more_body": more}

    async def send(self, event: dict[str, Any]) -> None:
        self.answered.append(event)

    @property
    def status(self) -> int:
        status: int = self.answered[0]["status"]
        return status


class Application:
    """Reads a body as Django does, and answers with what it was refused for."""

    def __init__(self) -> None:
        self.bodies: list[int] = []
        self.scopes: list[dict[str, Any]] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        size, more = 0, True
        while more:
            event = await receive()
            if event["type"] == "http.disconnect":
                return
            size += len(event["body"])
            more = event["more_body"]
        self.bodies.append(size)
        self.scopes.append(scope)
        refusal = scope.get(REFUSAL)
        status = refusal.status if refusal else HTTPStatus.OK
        await send({"type": "http.response.start", "status": status, "headers": []})
        await send({"type": "http.response.body", "body": b"answer", "more_body": False})


def request(
    path: str, size: int | None, kind: bytes = MULTIPART, method: str = "POST"
) -> dict[str, Any]:
    """The scope of a request that declares its size, or comes in chunks."""
    length = (
        (b"transfer-encoding", b"chunked")
        if size is None
        else (b"content-length", str(size).encode())
    )
    headers = [(b"content-type", kind), length]
    return {"type": "http", "method": method, "path": path, "headers": headers}


async def exchange(
    scope: dict[str, Any], size: int, find_person: Any = ada
) -> tuple[Client, Application]:
    client, application = Client(size), Application()
    async with asyncio.timeout(SECONDS):
        await BodyLimit(application, find_person)(scope, client.receive, client.send)
    return client, application


def url(name: str) -> str:
    needed = {"messages", "conversation-draft", "settings", "title"}
    if name in needed:
        return reverse(name, kwargs={"conversation_id": CONVERSATION})
    values = {
        "import-slice": {"file_id": uuid4(), "number": 0},
        "edit": {"conversation_id": CONVERSATION, "message_id": uuid4()},
        "project-files": {"project_id": uuid4()},
        "saved-prompt": {"prompt_id": uuid4()},
        "saved-prompt-use": {"prompt_id": uuid4()},
    }
    return reverse(name, kwargs=values.get(name) or ({"pk": 1} if "server-" in name else {}))
