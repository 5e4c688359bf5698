"""A model service on loopback with scripted answers, which keeps the requests."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.inference.wire import HELLO, Answer, plain, writes

NO_LIST = plain("404 Not Found", b"{}")


class ModelService:
    """`answer` writes the answer to a completion, and `listing` is the answer to any GET whose path
    isn't in `listings`."""

    def __init__(self, answer: bytes | Answer = HELLO, listing: bytes = NO_LIST) -> None:
        self.answer = writes(answer) if isinstance(answer, bytes) else answer
        self.listing = listing
        self.listings: dict[str, bytes] = {}
        self.heads: list[str] = []
        self.bodies: list[dict[str, Any]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
                self.heads.append(head)
                if head.startswith("get"):
                    writer.write(self.listings.get(head.split()[1], self.listing))
                else:
                    length = int(head.split("content-length:")[1].split("\r\n")[0])
                    self.bodies.append(json.loads(await reader.readexactly(length)))
                    await self.answer(writer)
        writer.close()

    @property
    def image_urls(self) -> list[str]:
        """Return the URLs of all images in the requests."""
        parts = [part for body in self.bodies for part in body["messages"][-1]["content"]]
        return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


@asynccontextmanager
async def running(service: ModelService) -> AsyncIterator[ModelService]:
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0)
    service.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield service
        server.close_clients()
