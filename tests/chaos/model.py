"""The model server of the run: known answers, faults on request, and a record of who asked.

Speaks the service's wire format. A question such as `chaos run=a4 words=300 rate=20` is answered
with `words.text("a4", 300)` in pieces of any length, 20 of them a second, that may halve a
character. Asked to go on after a text, it goes on with the very next character. Faults stand
in the question too, and each happens once per run: `refuse=429,500` answers so instead,
`cut=90,400` breaks off and `stall=120:4.5` falls silent for 4.5 seconds when so many characters
have been said. `GET /asked` gives every request and how it ended; a title is not recorded.

`calls=70:look,150:act+look` calls tools when so many characters have been said, and goes on when it
is asked with their results. What those tools do happens here too: `POST /tools` takes a moment, and
`GET /did` gives all that was done.
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
from tests.chaos.question import Question, Understood, understood
from tests.chaos.record import Asked, Did, Outcome

DONE = b"event: done\ndata: [DONE]\n\n"
MAX_UNITS = 14  # of UTF-16 in one piece
LONGEST_CALL = 1.5  # seconds

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(slots=True)
class Record:
    asked: list[Asked] = field(default_factory=list)
    did: list[Did] = field(default_factory=list)
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
        await _json(send, [asdict(asked) for asked in record.asked])
        return
    if scope["path"] == "/did":
        await _json(send, [asdict(did) for did in record.did])
        return
    body, more = b"", True
    while more:
        message = await receive()
        body, more = body + message.get("body", b""), message.get("more_body", False)
    if scope["path"] == "/tools":
        await _do(json.loads(body), send)
        return
    asked = understood(json.loads(body)["messages"])
    if asked.question is None:
        await _say(send, "Chaos")
    else:
        await _answer(asked.question, asked, receive, send)


async def _do(call: dict[str, str], send: Send) -> None:
    """What is done is done at once; that it was, is told later."""
    did = Did(len(record.did), **call)
    record.did.append(did)
    await asyncio.sleep(random.uniform(0, LONGEST_CALL))
    await _json(send, {"number": did.number})


async def _answer(question: Question, said: Understood, receive: Receive, send: Send) -> None:
    whole, given = words.text(question.run, question.words), said.given
    asked = Asked(question.run, time.monotonic(), len(given), whole.startswith(given))
    record.asked.append(asked)
    for status in question.refuse:
        if record.happens(question.run, f"refuse {status}"):
            asked.end, asked.outcome = time.monotonic(), f"refused {status}"
            await _refuse(send, status)
            return
    turn = _turn(question, said.rounds, whole)
    answering = asyncio.create_task(_stream(question, turn, len(given), send))
    leaving = asyncio.create_task(_gone(receive))
    await asyncio.wait({answering, leaving}, return_when=asyncio.FIRST_COMPLETED)
    asked.end = time.monotonic()
    asked.outcome = answering.result() if answering.done() else "hung up"
    answering.cancel()
    leaving.cancel()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@dataclass(frozen=True, slots=True)
class Turn:
    """The text up to where the model calls tools, and those calls; none at the very end."""

    text: str
    calls: list[dict[str, Any]]


def _turn(question: Question, rounds: int, whole: str) -> Turn:
    if rounds >= len(question.calls):
        return Turn(whole, [])
    end, tools = question.calls[rounds]
    names = [(f"{question.run}r{rounds}n{number}", tool) for number, tool in enumerate(tools)]
    return Turn(whole[:end], [_call(number, *named) for number, named in enumerate(names)])


def _call(index: int, what: str, tool: str) -> dict[str, Any]:
    function = {"name": tool, "arguments": json.dumps({"what": what})}
    return {"index": index, "id": f"call_{what}", "type": "function", "function": function}


async def _stream(question: Question, turn: Turn, position: int, send: Send) -> Outcome:
    """Says a turn from the character at `position` of the whole text on."""
    await _start(send, 200, b"text/event-stream")
    await _body(send, _frame({"role": "assistant", "content": ""}))
    loop = asyncio.get_running_loop()
    due = loop.time()
    units = turn.text[position:].encode("utf-16-le")
    chance, begin = random.Random(), 0
    while begin < len(units):
        end = begin + 2 * chance.randint(1, MAX_UNITS)
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
    for call in turn.calls:
        await _body(send, _frame({"tool_calls": [call]}))
    await _body(send, _frame({}, "tool_calls" if turn.calls else "stop") + DONE, more=False)
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


async def _json(send: Send, value: object) -> None:
    await _start(send, 200, b"application/json")
    await _body(send, json.dumps(value).encode(), more=False)


def _frame(delta: dict[str, Any], reason: str | None = None) -> bytes:
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
