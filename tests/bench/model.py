"""The model server of the benchmark: numbered tokens at a pinned pace, each stamped as it leaves.

The message `bench run=7 tokens=400 rate=50` asks for 400 tokens at 50 a second (0: all at once);
they read `w7x0 `, `w7x1 ` and so on, with the markdown of an ordinary answer between them.
`GET /sent/7` answers when that run is over, with the moment each token left, in seconds of
CLOCK_MONOTONIC, which all processes of a machine share; `GET /sent-so-far/7` answers at once, and
`GET /end/7` ends the run early. A run streams once: whatever asks again (the app does, for a title)
gets one word.

`bomb size=20000 seed=1 rate=0 name=open fence` asks for that bomb of `tests.rendering.bombs`, so
many deltas a second or as fast as the socket takes them; asked again with the results of its
calls, for the next turn of it.
"""

import asyncio
import json
import re
import time
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.rendering import bombs
from tests.servers.completions import Completion, frame, text_of, wants_title
from tests.servers.model import Script
from tests.servers.processes import serve

BOMB = re.compile(r"bomb size=(\d+) seed=(\d+) rate=([\d.]+) name=(.+)")
PROMPT = re.compile(r"bench run=(\w+) tokens=(\d+) rate=([\d.]+)")

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
    must_end: bool = False


def prompt(run: str, tokens: int, rate: float) -> str:
    return f"bench run={run} tokens={tokens} rate={rate:g}"


def body(question: str) -> bytes:
    return json.dumps({"messages": [{"role": "user", "content": question}]}).encode()


def request(question: str) -> bytes:
    """Return a whole HTTP request, for clients that know nothing about HTTP."""
    asked = body(question)
    head = (
        "POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
        f"Content-Length: {len(asked)}\r\n\r\n"
    )
    return head.encode() + asked


def plan(request: dict[str, Any]) -> Plan | None:
    """Return what the last message asks for, None if it isn't a question of the benchmark."""
    if not (match := PROMPT.fullmatch(text_of(request["messages"][-1]).strip())):
        return None
    return Plan(match[1], int(match[2]), float(match[3]))


def bomb_prompt(name: str, size: int, seed: int, rate: float = 0.0) -> str:
    return f"bomb size={size} seed={seed} rate={rate:g} name={name}"


def bomb_plan(request: dict[str, Any]) -> BombPlan | None:
    """Return the bomb that a person's last message asks for, also after calls."""
    messages = request["messages"]
    if wants_title(messages):
        return None
    asked = max(index for index, one in enumerate(messages) if one["role"] == "user")
    if not (match := BOMB.fullmatch(text_of(messages[asked]).strip())):
        return None
    rounds = sum("tool_calls" in message for message in messages[asked:])
    size, seed, rate, name = match.groups()
    return BombPlan(name, int(size), int(seed), float(rate), rounds)


def token(run: str, index: int) -> str:
    return f"{BREAKS.get(index % PERIOD, '')}w{run}x{index} "


class BenchScript(Script):
    def __init__(self) -> None:
        super().__init__()
        self.runs: defaultdict[str, Run] = defaultdict(Run)

    async def get(self, path: str) -> object:
        path, _, number = path.rpartition("/")
        run = self.runs[number]
        run.must_end = run.must_end or path == "/end"
        if path == "/sent":
            await run.over.wait()
        return run.sent

    async def complete(self, request: dict[str, Any], completion: Completion) -> None:
        await completion.write(frame({"role": "assistant", "content": ""}))
        asked, bomb = plan(request), bomb_plan(request)
        reason = "stop"
        if bomb:
            reason = await _stream_bomb(bomb, completion)
        elif asked and not self.runs[asked.run].started:
            await _stream(asked, self.runs[asked.run], completion)
        else:
            await completion.say("Benchmark")
        await completion.finish(reason)


async def _stream_bomb(bomb: BombPlan, completion: Completion) -> str:
    """Return the reason to finish."""
    loop, delta = asyncio.get_running_loop(), {}
    begin = loop.time()
    for index, delta in enumerate(bombs.deltas(bomb.name, bomb.size, bomb.seed, bomb.rounds)):
        await completion.write(frame(delta))
        due = begin + index / bomb.rate if bomb.rate else 0.0
        await asyncio.sleep(max(0.0, due - loop.time()))  # the other streams keep their pace
    return "tool_calls" if "tool_calls" in delta else "stop"


async def _stream(asked: Plan, run: Run, completion: Completion) -> None:
    run.started = True
    loop = asyncio.get_running_loop()
    begin = loop.time()
    for index in range(asked.tokens):
        if run.must_end:
            break
        data = frame({"content": token(asked.run, index)})
        if asked.rate and (wait := begin + index / asked.rate - loop.time()) > 0:
            await asyncio.sleep(wait)
        run.sent.append(time.monotonic())
        await completion.write(data)
    run.over.set()


if __name__ == "__main__":
    serve(BenchScript())
