"""Serve the demo model as an ASGI application."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from dataclasses import replace
from typing import Any

from . import wire_format
from .answers import GARBAGE_AFTER, Answer, answer
from .asgi import (
    Message,
    Receive,
    Scope,
    Send,
    read_body,
    respond,
    send_body,
    start,
    until_disconnect,
)
from .messages import prompt_tokens
from .quota import Quota
from .refusals import Refusal, Refusals
from .sample_texts import tokens
from .validation import validation_error

DEFAULT_RATE = 50.0  # tokens a second
DEFAULT_MAX_TOKENS = 8_192
RETRY_AFTER = (b"retry-after", b"2")  # seconds


class DemoApp:
    """Answer requests at `rate` tokens a second, or at once if it is 0.

    With a `key`, requests need it as their bearer token.
    """

    def __init__(self, rate: float = DEFAULT_RATE, key: str = "") -> None:
        self.rate = rate
        self.key = key
        self._quota = Quota()
        self._refusals = Refusals()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route = (scope["method"], scope["path"])
        if route == ("GET", "/healthz"):
            await respond(send, 200, b'{"status":"ok"}')
        elif route != ("POST", "/v1/chat/completions"):
            await respond(send, 404, wire_format.error_body(404))
        elif self.key and dict(scope["headers"]).get(b"authorization") != self._bearer:
            await respond(send, 401, wire_format.error_body(401))
        else:
            await self._complete(receive, self._with_quota(send))

    @property
    def _bearer(self) -> bytes:
        return f"Bearer {self.key}".encode()

    def _with_quota(self, send: Send) -> Send:
        self._quota.requests.use(1)

        async def send_with_quota(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] += self._quota.headers()
            await send(message)

        return send_with_quota

    async def _complete(self, receive: Receive, send: Send) -> None:
        body = await read_body(receive)
        if body is None:
            await _refuse(send, Refusal(413))
            return
        try:
            request = json.loads(body)
        except (ValueError, RecursionError):
            await _refuse(send, Refusal(400, "request body is not JSON"))
            return
        if error := validation_error(request):
            await _refuse(send, Refusal(400, error))
        elif refusal := self._refusals.find(request, body):
            await _refuse(send, refusal)
        else:
            planned = await asyncio.to_thread(answer, request)
            await until_disconnect(receive, self._send_answer(request, planned, send))

    async def _send_answer(self, request: dict[str, Any], planned: Answer, send: Send) -> None:
        planned, total = _within_limits(request, planned)
        usage = (prompt_tokens(request), total)
        self._quota.tokens.use(sum(usage))
        frames = wire_format.Frames(
            f"chatcmpl-{secrets.token_hex(8)}", int(time.time()), request["model"]
        )
        if request.get("stream"):
            options = request.get("stream_options") or {}
            ending = frames.closing("tool_calls" if planned.calls else planned.finish_reason)
            if options.get("include_usage"):
                ending += frames.usage(*usage)
            await self._stream(planned, frames, ending + wire_format.DONE, send)
        else:
            await asyncio.sleep(planned.silent_seconds)
            whole = wire_format.completion(frames, planned) | wire_format.usage(*usage)
            await respond(send, 200, json.dumps(whole).encode())

    async def _stream(
        self, planned: Answer, frames: wire_format.Frames, ending: bytes, send: Send
    ) -> None:
        await start(send, 200, b"text/event-stream")
        await asyncio.sleep(planned.silent_seconds)
        await send_body(send, frames.opening())
        rate = self.rate if planned.rate is None else planned.rate
        loop = asyncio.get_running_loop()
        started = loop.time()
        for count, (due, frame) in enumerate(frames.timed(planned, rate)):
            if count == planned.drop_after:
                break
            if planned.garbage and count == GARBAGE_AFTER:
                await send_body(send, wire_format.GARBAGE)
            await asyncio.sleep(started + due - loop.time())
            await send_body(send, frame)
        if planned.drop_after is None:
            await send_body(send, ending, more=False)
        # else: a response that never ends makes the server drop the connection


def _within_limits(request: dict[str, Any], planned: Answer) -> tuple[Answer, int]:
    """Return the answer shortened to the limits of the request, and its tokens."""
    limit = request.get("max_tokens", request.get("max_completion_tokens", DEFAULT_MAX_TOKENS))
    budget = (request.get("extended_thinking") or {}).get("budget_tokens", limit)
    thoughts = tokens(planned.reasoning)[: min(budget, limit - 1)]
    room = limit - len(thoughts)
    pieces = tokens(planned.text)
    if len(pieces) > room:
        pieces = pieces[:room]
        planned = replace(planned, text="".join(pieces), finish_reason="length")
    planned = replace(planned, reasoning="".join(thoughts))
    return planned, len(thoughts) + len(pieces)


async def _refuse(send: Send, refusal: Refusal) -> None:
    if refusal.page:
        await respond(send, refusal.status, wire_format.BLOCKED_PAGE, media_type=b"text/html")
    else:
        headers = [RETRY_AFTER] if refusal.status == 429 else []
        body = wire_format.error_body(refusal.status, refusal.message)
        await respond(send, refusal.status, body, headers)
