"""The demo model as an ASGI application. See the package for what it is."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections.abc import Awaitable, Callable, Coroutine, MutableMapping
from typing import Any

from . import wire
from .answers import Answer, answer, picture_urls, text_of
from .checks import complaint
from .showcase import tokens

DEFAULT_RATE = 50.0  # tokens a second
GARBAGE_AFTER = 5  # tokens
MAX_BODY_BYTES = 32 * 1024 * 1024
DEFAULT_MAX_TOKENS = 8_192
CHARACTERS_PER_TOKEN = 4
TOKENS_PER_PICTURE = 1_568  # what the real models count at most

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


class DemoApp:
    """`rate` is in tokens a second, 0 for as fast as possible; a `key` is wanted as bearer."""

    def __init__(self, rate: float = DEFAULT_RATE, key: str = "") -> None:
        self.rate = rate
        self.key = key

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = (scope["method"], scope["path"])
        if route == ("GET", "/healthz"):
            await _respond(send, 200, b'{"status":"ok"}')
        elif route != ("POST", "/v1/chat/completions"):
            await _respond(send, 404, wire.error_body(404))
        elif self.key and dict(scope["headers"]).get(b"authorization") != self._bearer:
            await _respond(send, 401, wire.error_body(401))
        else:
            await self._complete(receive, send)

    @property
    def _bearer(self) -> bytes:
        return f"Bearer {self.key}".encode()

    async def _complete(self, receive: Receive, send: Send) -> None:
        body = await _read_body(receive)
        if body is None:
            await _respond(send, 413, wire.error_body(413))
            return
        try:
            request = json.loads(body)
        except ValueError:
            await _respond(send, 400, wire.error_body(400, "request body is not JSON"))
            return
        if words := complaint(request):
            await _respond(send, 400, wire.error_body(400, words))
            return
        planned = await asyncio.to_thread(answer, request)
        if planned.error:
            await _refuse(send, planned.error)
        else:
            await _until_disconnect(receive, self._send_answer(request, planned, send))

    async def _send_answer(self, request: dict[str, Any], planned: Answer, send: Send) -> None:
        limit = request.get("max_tokens", request.get("max_completion_tokens", DEFAULT_MAX_TOKENS))
        pieces = tokens(planned.text)
        text, reason = planned.text, planned.finish_reason
        if len(pieces) > limit:
            text, reason = "".join(pieces[:limit]), "length"
        frames = wire.Frames(f"chatcmpl-{secrets.token_hex(8)}", int(time.time()), request["model"])
        usage = (_prompt_tokens(request), min(len(pieces), limit))
        if request.get("stream"):
            options = request.get("stream_options") or {}
            ending = frames.closing("tool_calls" if planned.tool_call else reason)
            if options.get("include_usage"):
                ending += frames.usage(*usage)
            await self._stream(planned, text, frames, ending + wire.DONE, send)
        else:
            await asyncio.sleep(planned.silent_seconds)
            whole = wire.completion(frames, text, reason) | wire.usage(*usage)
            await _respond(send, 200, json.dumps(whole).encode())

    async def _stream(
        self, planned: Answer, text: str, frames: wire.Frames, ending: bytes, send: Send
    ) -> None:
        await _start(send, 200, b"text/event-stream")
        await asyncio.sleep(planned.silent_seconds)
        await _body(send, frames.opening())
        rate = self.rate if planned.rate is None else planned.rate
        loop = asyncio.get_running_loop()
        started = loop.time()
        for count, frame in enumerate(frames.steps(planned, text)):
            if count == planned.cut_after:
                break
            if planned.garbage and count == GARBAGE_AFTER:
                await _body(send, wire.GARBAGE)
            await asyncio.sleep(started + count / rate - loop.time() if rate else 0)
            await _body(send, frame)
        if planned.cut_after is None:
            await _body(send, ending, more=False)
        # else: a response that never ends makes the server drop the connection


async def _until_disconnect(receive: Receive, work: Coroutine[Any, Any, None]) -> None:
    """Do the work, but stop as soon as nobody listens any more."""
    task = asyncio.ensure_future(work)
    watcher = asyncio.ensure_future(_disconnected(receive))
    try:
        await asyncio.wait({task, watcher}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watcher.cancel()
        task.cancel()
        await asyncio.wait({task, watcher})
    if not task.cancelled():
        task.result()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _read_body(receive: Receive) -> bytes | None:
    """The whole body, None when it is too large or the client went away."""
    body = bytearray()
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY_BYTES:
            return None
    return bytes(body)


def _prompt_tokens(request: dict[str, Any]) -> int:
    characters = sum(len(text_of(message)) for message in request["messages"])
    pictures = sum(len(picture_urls(message)) for message in request["messages"])
    return 1 + characters // CHARACTERS_PER_TOKEN + pictures * TOKENS_PER_PICTURE


async def _refuse(send: Send, error: str) -> None:
    if error == "html":
        await _start(send, 403, b"text/html")
        await _body(send, wire.BLOCKED_PAGE, more=False)
    else:
        headers = [(b"retry-after", b"2")] if error == "429" else []
        await _respond(send, int(error), wire.error_body(int(error)), headers)


async def _respond(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    await _start(send, status, b"application/json", headers or [])
    await _body(send, body, more=False)


async def _start(
    send: Send, status: int, media_type: bytes, headers: list[tuple[bytes, bytes]] | None = None
) -> None:
    all_headers = [(b"content-type", media_type), *(headers or [])]
    await send({"type": "http.response.start", "status": status, "headers": all_headers})


async def _body(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})
