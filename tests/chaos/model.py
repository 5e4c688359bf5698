"""The model server of the run: known answers, faults on request, and a record of who asked.

Speaks the service's wire format. A question such as `chaos run=a4 words=300 rate=20` is answered
with `words.text("a4", 300)` in pieces of any length, 20 of them a second, that may halve a
character. Asked to go on after a text, it goes on with the very next character. Faults stand
in the question too, and each happens once per run: `refuse=429,500` answers so instead,
`cut=90,400` breaks off and `stall=120:4.5` falls silent for 4.5 seconds when so many characters
have been said. `GET /asked` gives every request and how it ended; a title is not recorded.
"""

import asyncio
import json
import logging
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import asdict, dataclass, field
from typing import Any

from tests.bench.processes import serve
from tests.chaos import words
from tests.chaos.question import Question, understood
from tests.chaos.record import Asked, Outcome

DONE = b"event: done\ndata: [DONE]\n\n"
MOST_UNITS = 14  # of UTF-16 in one piece

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(slots=True)
class Record:
    asked: list[Asked] = field(default_factory=list)
    happened: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def happens(self, run: str, fault: str) -> bool:
        """Whether a fault has its turn now; it never has another."""
        if fault in self.happened[run]:
            return False
        self.happened[run].add(fault)
        return True


record = Record()


async def application(scope: Message, receive: Receive, send: Send) -> None:
    if scope["path"] == "/asked":
        await _start(send, 200, b"application/json")
        await _body(
            send, json.dumps([asdict(asked) for asked in record.asked]).encode(), more=False
        )
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    question, given = understood(json.loads(body)["messages"])
    if question is None:
        await _say(send, "Chaos")
    else:
        await _answer(question, given, receive, send)


async def _answer(question: Question, given: str, receive: Receive, send: Send) -> None:
    whole = words.text(question.run, question.words)
    asked = Asked(question.run, time.monotonic(), len(given), whole.startswith(given))
    record.asked.append(asked)
    for status in question.refuse:
        if record.happens(question.run, f"refuse {status}"):
            asked.end, asked.outcome = time.monotonic(), f"refused {status}"
            await _refuse(send, status)
            return
    answering = asyncio.create_task(_stream(question, whole[len(given) :], len(given), send))
    leaving = asyncio.create_task(_gone(receive))
    await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    asked.end = time.monotonic()
    asked.outcome = answering.result() if answering.done() else "hung up"
    answering.cancel()
    leaving.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _stream(question: Question, rest: str, position: int, send: Send) -> Outcome:
    """Says the rest of a text, the first character of which stands at `position` in the whole."""
    await _start(send, 200, b"text/event-stream")
    await _body(send, _frame({"role": "assistant", "content": ""}))
    loop = asyncio.get_running_loop()
    due = loop.time()
    units, chance, begin = rest.encode("utf-16-le"), random.Random(), 0
    while begin < len(units):
        end = begin + 2 * chance.randint(1, MOST_UNITS)
        piece = units[begin:end].decode("utf-16-le", "surrogatepass")
        await _body(send, _frame({"content": piece}))
        position += len(piece)
        for seconds in _stalls(question, position):
            await asyncio.sleep(seconds)
        if _is_cut(question, position):
            return "cut"  # a response without an end: the server drops the connection
        begin = end
        due = max(due + 1 / question.rate, loop.time())
        await asyncio.sleep(due - loop.time())
    await _body(send, _frame({}, "stop") + DONE, more=False)
    return "complete"


def _stalls(question: Question, said: int) -> list[float]:
    run = question.run
    return [
        seconds
        for at, seconds in question.stall
        if said >= at and record.happens(run, f"stall {at}")
    ]


def _is_cut(question: Question, said: int) -> bool:
    return any(said >= at and record.happens(question.run, f"cut {at}") for at in question.cut)


async def _say(send: Send, text: str) -> None:
    await _start(send, 200, b"text/event-stream")
    await _body(send, _frame({"content": text}) + _frame({}, "stop") + DONE, more=False)


async def _refuse(send: Send, status: int) -> None:
    await _start(send, status, b"application/json")
    error = {"code": status, "message": "as the question asks", "type": "api_error"}
    await _body(send, json.dumps({"error": error}).encode(), more=False)


def _frame(delta: dict[str, str], reason: str | None = None) -> bytes:
    chunk = {
        "id": "chatcmpl-chaos",
        "object": "chat.completion.chunk",
        "created": 1770000000,
        "model": "claude-sonnet-4-6",
        "choices": [{"index": 0, "delta": delta, "finish_reason": reason}],
    }
    return b"event: message\ndata: " + json.dumps(chunk).encode() + b"\n\n"


async def _start(send: Send, status: int, media_type: bytes) -> None:
    headers = [(b"content-type", media_type)]
    await send({"type": "http.response.start", "status": status, "headers": headers})


async def _body(send: Send, body: bytes, *, more: bool = True) -> None:
    await send({"type": "http.response.body", "body": body, "more_body": more})


if __name__ == "__main__":
    # Cuts are meant.
    logging.getLogger("uvicorn.error").addFilter(lambda line: "without completing" not in line.msg)
    serve(application)
