"""Stand in for the model: known answers, faults on request, and a record of all requests.

A question such as `chaos run=a4 words=300 rate=20` is answered with `words.text("a4", 300)`, in 20
pieces a second of any length, which may split a character. Asked to resume after a text, the model
continues with the very next character. Faults are part of the question, and each happens once per
run: `refuse=429,500` answers with these statuses first, `cut=90,400` closes the stream and
`stall=120:4.5` pauses it for 4.5 seconds once that many characters were sent. `GET /requests`
returns every request and how it ended, except for titles.

`calls=70:look,150:act+look` calls tools once that many characters were sent, and continues when a
request brings their results. The tools run here too: each takes a moment, and `GET /tool-runs`
returns all runs. With a quota, what is too much in a MINUTE is refused with 429, also titles.
"""

import asyncio
import logging
import random
import sys
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from tests.chaos import words
from tests.chaos.plan import MINUTE
from tests.chaos.question import Question, Understood, understood
from tests.chaos.record import ModelRequest, Outcome
from tests.servers.completions import Completion, frame, tool_call
from tests.servers.model import Script, ToolRun
from tests.servers.processes import serve

MAX_UNITS = 14  # of UTF-16 in one piece
LONGEST_CALL = 1.5  # seconds


class ChaosScript(Script):
    def __init__(self, quota: int = 0) -> None:
        super().__init__()
        self._quota = Quota(quota) if quota else None
        self.requests: list[ModelRequest] = []
        self._happened: defaultdict[str, set[str]] = defaultdict(set)

    async def get(self, path: str) -> object:
        found = self.tool_runs if path == "/tool-runs" else self.requests
        return [asdict(one) for one in found]

    async def on_tool_run(self, run: ToolRun) -> None:
        await asyncio.sleep(random.uniform(0, LONGEST_CALL))

    async def complete(self, request: dict[str, Any], completion: Completion) -> None:
        asked = understood(request["messages"])
        if self._quota:
            if not self._quota.take():
                await completion.refuse(429, self._quota.headers)
                return
            completion.headers = self._quota.headers
        if asked.question is None:
            await completion.say("Chaos")
            await completion.finish()
        else:
            await self._answer(asked.question, asked, completion)

    async def _answer(self, question: Question, said: Understood, completion: Completion) -> None:
        whole, given = words.text(question.run, question.words), said.given
        request = ModelRequest(question.run, time.monotonic(), len(given), whole.startswith(given))
        self.requests.append(request)
        for status in question.refuse:
            if self._happens(question.run, f"refuse {status}"):
                request.end, request.outcome = time.monotonic(), f"refused {status}"
                await completion.refuse(status)
                return
        turn = _turn(question, said.rounds, whole)
        answering = asyncio.create_task(self._stream(question, turn, len(given), completion))
        leaving = asyncio.create_task(completion.client_left())
        await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
        request.end = time.monotonic()
        request.outcome = answering.result() if answering.done() else "hung up"
        answering.cancel()
        leaving.cancel()

    async def _stream(
        self, question: Question, turn: "Turn", position: int, completion: Completion
    ) -> Outcome:
        """Stream a turn, from the character at `position` of the whole text on."""
        await completion.write(frame({"role": "assistant", "content": ""}))
        loop = asyncio.get_running_loop()
        due = loop.time()
        for piece in _pieces(turn.text[position:]):
            await completion.say(piece)
            position += len(piece)
            for seconds in self._stalls(question, position):
                await asyncio.sleep(seconds)
            if self._is_cut(question, position):
                return "cut"  # a response without an end: the server drops the connection
            due = max(due + 1 / question.rate, loop.time())
            await asyncio.sleep(due - loop.time())
        for call in turn.calls:
            await completion.write(frame({"tool_calls": [call]}))
        await completion.finish("tool_calls" if turn.calls else "stop")
        return "complete"

    def _stalls(self, question: Question, said: int) -> list[float]:
        run = question.run
        return [
            seconds
            for at, seconds in question.stall
            if said >= at and self._happens(run, f"stall {at}")
        ]

    def _is_cut(self, question: Question, said: int) -> bool:
        return any(said >= at and self._happens(question.run, f"cut {at}") for at in question.cut)

    def _happens(self, run: str, fault: str) -> bool:
        """Return whether a fault happens now, for the first and only time."""
        if fault in self._happened[run]:
            return False
        self._happened[run].add(fault)
        return True


class Quota:
    """Count requests in a sliding MINUTE, and report them in the headers of the service."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._taken: deque[float] = deque()

    def take(self) -> bool:
        """Count a request; False when the quota is used up."""
        now = time.monotonic()
        while self._taken and self._taken[0] <= now - MINUTE:
            self._taken.popleft()
        if len(self._taken) >= self._limit:
            return False
        self._taken.append(now)
        return True

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        left = self._limit - len(self._taken)
        reset = self._taken[0] + MINUTE - time.monotonic() if self._taken else 0.0
        return [
            (b"x-ratelimit-limit-requests", b"%d" % self._limit),
            (b"x-ratelimit-remaining-requests", b"%d" % left),
            (b"x-ratelimit-reset-requests", b"%.2fs" % max(0.0, reset)),
        ]


@dataclass(frozen=True, slots=True)
class Turn:
    """The text up to a round of tool calls, and those calls; the last turn has none."""

    text: str
    calls: list[dict[str, Any]]


def _turn(question: Question, rounds: int, whole: str) -> Turn:
    if rounds >= len(question.calls):
        return Turn(whole, [])
    end, tools = question.calls[rounds]
    names = [(f"{question.run}r{rounds}n{number}", tool) for number, tool in enumerate(tools)]
    return Turn(
        whole[:end], [tool_call(index, tool, what) for index, (what, tool) in enumerate(names)]
    )


def _pieces(text: str) -> Iterator[str]:
    """Split a text anywhere, even within a character."""
    units, chance, begin = text.encode("utf-16-le"), random.Random(), 0
    while begin < len(units):
        end = begin + 2 * chance.randint(1, MAX_UNITS)
        yield units[begin:end].decode("utf-16-le", "surrogatepass")
        begin = end


if __name__ == "__main__":
    # Cuts are meant.
    logging.getLogger("uvicorn.error").addFilter(lambda line: "without completing" not in line.msg)
    serve(ChaosScript(int(sys.argv[1]) if sys.argv[1:] else 0))
