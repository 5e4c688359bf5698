"""The model server of the benchmark: numbered tokens at a pinned pace, each stamped as it leaves.

Speaks the service's wire format. The message `bench run=7 tokens=400 rate=50` asks for 400
tokens at 50 a second (0: all at once); they read `w7x0 `, `w7x1 ` and so on, with the markdown
of an ordinary answer between them. `GET /sent/7` answers when that run is over, with the moment
each token left, in seconds of CLOCK_MONOTONIC, which all processes of a machine share;
`GET /sent-so-far/7` answers at once, and `GET /end/7` ends the run early. A run streams once:
whatever asks again (the app does, for a title) gets one word.

`bomb size=20000 seed=1 rate=0 name=open fence` asks for that bomb of `tests.rendering.bombs`, so
many deltas a second or as fast as the socket takes them; asked again with the results of its
calls, for the next turn of it.
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
from tests.rendering import bombs

TITLE = "Write a title"  # begins the instructions of a request for one
BOMB = re.compile(r"bomb size=(\d+) seed=(\d+) rate=([\d.]+) name=(.+)")
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


@dataclass(frozen=True, slots=True)
class BombPlan:
    name: str
    size: int  # characters
    seed: int
    rate: float = 0.0  # deltas a second, 0 for as many as the socket takes
    rounds: int = 0  # of calls that were made before


@dataclass(slots=True)
class Run:
    sent: list[float] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    started: bool = False
    is_to_end: bool = False


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
    if not (match := PROMPT.fullmatch(_text(request["messages"][-1]).strip())):
        return None
    return Plan(match[1], int(match[2]), float(match[3]))


def bomb_prompt(name: str, size: int, seed: int, rate: float = 0.0) -> str:
    return f"bomb size={size} seed={seed} rate={rate:g} name={name}"


def bomb_plan(request: dict[str, Any]) -> BombPlan | None:
    """The bomb that the last message of a person asks for, also when calls were made since."""
    messages = request["messages"]
    if _text(messages[0]).startswith(TITLE):
        return None
    asked = max(index for index, one in enumerate(messages) if one["role"] == "user")
    if not (match := BOMB.fullmatch(_text(messages[asked]).strip())):
        return None
    rounds = sum("tool_calls" in message for message in messages[asked:])
    size, seed, rate, name = match.groups()
    return BombPlan(name, int(size), int(seed), float(rate), rounds)


def token(run: str, index: int) -> str:
    return f"{BREAKS.get(index % PERIOD, '')}w{run}x{index} "


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["method"] == "GET":
        path, _, number = scope["path"].rpartition("/")
        run = runs[number]
        run.is_to_end = run.is_to_end or path == "/end"
        if path == "/sent":
            await run.over.wait()
        await _start(send, b"application/json")
        await _body(send, json.dumps(run.sent).encode(), more=False)
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    await _answer(json.loads(body), send)


async def _answer(request: dict[str, Any], send: Send) -> None:
    await _start(send, b"text/event-stream")
    await _body(send, _frame({"role": "assistant", "content": ""}))
    asked, bomb = plan(request), bomb_plan(request)
    reason = "stop"
    if bomb:
        reason = await _stream_bomb(bomb, send)
    elif asked and not runs[asked.run].started:
        await _stream(asked, runs[asked.run], send)
    else:
        await _body(send, _frame({"content": "Benchmark"}))
    await _body(send, _frame({}, reason) + DONE, more=False)


async def _stream_bomb(bomb: BombPlan, send: Send) -> str:
    """Gives the reason to finish."""
    loop, delta = asyncio.get_running_loop(), {}
    begin = loop.time()
    for index, delta in enumerate(bombs.deltas(bomb.name, bomb.size, bomb.seed, bomb.rounds)):
        await _body(send, _frame(delta))
        due = begin + index / bomb.rate if bomb.rate else 0.0
        await asyncio.sleep(max(0.0, due - loop.time()))  # the other streams keep their pace
    return "tool_calls" if "tool_calls" in delta else "stop"


async def _stream(asked: Plan, run: Run, send: Send) -> None:
    run.started = True
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for index in range(asked.tokens):
        if run.is_to_end:
            break
        frame = _frame({"content": token(asked.run, index)})
        if asked.rate and (wait := begin + index / asked.rate - loop.time()) > 0:
            await asyncio.sleep(wait)
        run.sent.append(time.monotonic())
        await _body(send, frame)
    run.over.set()


def _text(message: dict[str, Any]) -> str:
    content = message["content"]
    return content if isinstance(content, str) else str(content[-1].get("text", ""))


def _frame(delta: dict[str, Any], reason: str | None = None) -> bytes:
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
