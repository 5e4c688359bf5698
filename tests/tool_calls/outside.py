"""The world outside of the app: the model that calls tools, and what the tools do, counted.

Lives in the loop of the test, so it survives every process of the app. Both can be told to stand
still: the model at "asked NAME 0" (before a byte of its answer to the first request), at
"calls NAME 0" (everything is said but that this was all) and at "half NAME" (of the answer); a tool
at its "WHAT", when it is done and nobody knows yet.
"""

import json
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Self

from aiohttp import web

from tests.tool_calls.holds import Holds
from tests.tool_calls.question import Question, understood

USAGE = {"prompt_tokens": 100, "completion_tokens": 10}  # of each request


class Outside:
    """`did` counts what tools did, by what it was; `asked` the requests, by the question."""

    def __init__(self) -> None:
        self.holds = Holds()
        self.did: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.refusals: defaultdict[str, list[int]] = defaultdict(list)  # HTTP statuses, one a time
        self.url = ""

    @classmethod
    @asynccontextmanager
    async def running(cls) -> AsyncIterator[Self]:
        outside = cls()
        app = web.Application()
        app.router.add_post("/v1/chat/completions", outside._answer)
        app.router.add_post("/tools", outside._do)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0]
        outside.url = f"http://{host}:{port}"
        try:
            yield outside
        finally:
            await outside.holds.release_all()
            await runner.cleanup()

    async def _do(self, request: web.Request) -> web.Response:
        call = await request.json()
        self.did[call["what"]] += 1
        await self.holds.pass_by(call["what"])
        return web.json_response({"time": self.did[call["what"]]})

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        question, made, given = understood((await request.json())["messages"])
        if question is None:
            return await _say(request, _frame({"content": "A title"}), _frame({}, "stop"))
        self.asked[question.name] += 1
        moment = f"{question.name} {made}"
        if self.refusals[moment]:
            status = self.refusals[moment].pop(0)
            return web.json_response({"error": {"message": "no"}}, status=status)
        await self.holds.pass_by(f"asked {moment}")
        rest = question.said(made).removeprefix(given)
        if made < len(question.rounds):
            return await self._call(request, question, made, rest)
        half = len(rest) // 2
        response = await _say(request, _frame({"content": rest[:half]}), ends=False)
        await self.holds.pass_by(f"half {question.name}")
        return await _say(
            request, _frame({"content": rest[half:]}), _frame({}, "stop"), response=response
        )

    async def _call(
        self, request: web.Request, question: Question, made: int, text: str
    ) -> web.StreamResponse:
        calls = [_call(question.rounds[made], index) for index in range(len(question.rounds[made]))]
        said = [_frame({"content": text}), *(_frame({"tool_calls": [one]}) for one in calls)]
        response = await _say(request, *said, ends=False)
        await self.holds.pass_by(f"calls {question.name} {made}")
        return await _say(request, _frame({}, "tool_calls"), response=response)


def _call(calls: tuple[str, ...], index: int) -> dict[str, Any]:
    tool, what = calls[index].split()
    function = {"name": tool, "arguments": json.dumps({"what": what})}
    return {"index": index, "id": f"call_{what}", "type": "function", "function": function}


def _frame(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}


async def _say(
    request: web.Request,
    *frames: dict[str, Any],
    response: web.StreamResponse | None = None,
    ends: bool = True,
) -> web.StreamResponse:
    is_new = response is None
    response = response or web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    pieces = [*map(json.dumps, frames)]
    if ends:
        pieces += [json.dumps({"choices": [], "usage": USAGE}), "[DONE]"]
    with suppress(ConnectionResetError):  # who asked may be dead
        if is_new:
            await response.prepare(request)
        for piece in pieces:
            await response.write(f"data: {piece}\n\n".encode())
    return response
