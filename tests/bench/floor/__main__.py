"""`python -m tests.bench.floor MODEL_URL` serves the bare page."""

import sys
from functools import cache
from pathlib import Path

import aiohttp

from tests.servers.completions import Message, Receive, Send, start
from tests.servers.processes import serve

FILES = {
    "/": ("page.html", b"text/html; charset=utf-8"),
    "/page.js": ("page.js", b"text/javascript"),
    "/page.css": ("page.css", b"text/css"),
}


class Floor:
    def __init__(self, model_url: str) -> None:
        self.model_url = model_url
        self.session: aiohttp.ClientSession | None = None

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["path"] == "/reply":
            await self._pipe((await receive())["body"], send)
        else:
            name, media_type = FILES.get(scope["path"], ("", b"text/plain"))
            await start(send, 200 if name else 404, media_type)
            await send({"type": "http.response.body", "body": _read(name) if name else b""})

    async def _pipe(self, body: bytes, send: Send) -> None:
        self.session = self.session or aiohttp.ClientSession()
        async with self.session.post(f"{self.model_url}/v1/chat/completions", data=body) as answer:
            await start(send, 200, b"text/event-stream")
            async for chunk in answer.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


@cache
def _read(name: str) -> bytes:
    return (Path(__file__).parent / name).read_bytes()


if __name__ == "__main__":
    serve(Floor(sys.argv[1]))
