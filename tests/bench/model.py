"""The model server of the benchmark: numbered tokens at a pinned pace, each stamped as it leaves.

Speaks the service's wire format. The message `bench run=7 tokens=400 rate=50` asks for 400
tokens at 50 a second (0: all at once); they read `w7x0 `, `w7x1 ` and so on, with the markdown
of an ordinary answer between them. `GET /sent/7` answers when that run is over, with the moment
each token left, in seconds of CLOCK_MONOTONIC, which all processes of a machine share;
`GET /sent-so-far/7` answers at once. A run streams once: whatever asks again (the app does, for a
title) gets one word.
"""

import asyncio
import json
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any

from tests.bench.processes import serve

PROMPT = re.compile(r"bench run=(\w+) tokens=(\d+) rate=([\d.]+)")
DONE = b"event: done\ndata: [DONE]\n\n"

# Before which token of each 120 what stands: a heading, two paragraphs, a list, a fence.
PERIOD = 120
BREAKS = {
    0: "\n\n## ",
    6: "\n\n",
    40: "\n\n",
    68: "\n\n- ",
    76: "\n- ",
    84: "\n\n```python\n",
    92: "\n",
    100: "\n",
    108: "\n```\n\n",
}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Plan:
    run: str
    tokens: int
    rate: float  # tokens a second, 0 for all at once


@dataclass(slots=True)
class Run:
    sent: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    started: bool = False


runs: defaultdict[str, Run] = defaultdict(Run)


def prompt(run: str, tokens: int, rate: float) -> str:
    return f"bench run={run} tokens={tokens} rate={rate:g}"


def body(question: str) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": question}]}).encode()


def request(question: str) -> bytes:
    """A whole HTTP request, for clients that know nothing about HTTP."""
    asked = body(question)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
        f"Content-Length: {len(asked)}\r\n\r\n"
    )
    return head.encode() + asked


def plan(request: dict[str, Any]) -> Plan | None:
    """What the last message asks for, None when it is not a question of the benchmark."""
    content = request["messages"][-1]["content"]
    text = content if isinstance(content, str) else content[-1].get("text", "")
    if not (match := PROMPT.fullmatch(text.strip())):
        return None
    return Plan(match[1], int(match[2]), float(match[3]))


def token(run: str, index: int) -> str:
    return f"{BREAKS.get(index % PERIOD, '')}w{run}x{index} "


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["path"].startswith("/sent"):
        path, _, number = scope["path"].rpartition("/")
        run = runs[number]
        if path == "/sent":
            await run.over.wait()
        await _start(send, b"application/json")
        await _body(send, json.dumps(run.sent).encode(), more=False)
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await _start(send, b"text/event-stream")
    await _body(send, _frame({"role": "assistant", "content": ""}))
    asked = plan(json.loads(body))
    if asked and not runs[asked.run].started:
        await _stream(asked, runs[asked.run], send)
    else:
        await _body(send, _frame({"content": "Benchmark"}))
    await _body(send, _frame({}, "stop") + DONE, more=False)


async def _stream(asked: Plan, run: Run, send: Send) -> None:
    run.started = True
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for index in range(asked.tokens):
        frame = _frame({"content": token(asked.run, index)})
        if asked.rate and (wait := begin + index / asked.rate - loop.time()) > 0:
            await asyncio.sleep(wait)
        run.sent.append(time.monotonic())
        await _body(send, frame)
    run.over.set()


def _frame(delta: dict[str, str], reason: str | None = None) -> bytes:
    chunk = {
        "id": "chatcmpl-bench",
        "object": "chat.completion.chunk",
        "created": 1770000000,
        "model": "claude-sonnet-4-6",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }
    return b"event: message\ndata: " + json.dumps(chunk).encode() + b"\n\n"


async def _start(send: Send, media_type: bytes) -> None:
    headers = [(b"content-type", media_type)]
    await send({"type": "http.response.start", "status": 200, "headers": headers})


async def _body(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


if __name__ == "__main__":
    serve(application)
