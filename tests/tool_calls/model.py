"""A model that calls tools, and the tools; both outlive every process of the app.

They run in the loop of the test, which can pause them: the model at "asked NAME 0" (before the
first byte of its answer to the first request), at "calls NAME 0" (all but the end of the stream is
sent) and at "half NAME" (in the middle of the answer); a tool at its "WHAT", when it has run and
nobody knows yet.
"""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.servers.completions import Completion, frame, tool_call, usage_frame
from tests.servers.model import Script, ToolRun, serving_here
from tests.tool_calls.pauses import Pauses
from tests.tool_calls.question import Question, understood

USAGE = usage_frame(prompt_tokens=100, completion_tokens=10)  # of each request


class ToolScript(Script):
    """What the model was asked: `requests` counts the requests of each question, by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses = Pauses()
        self.requests: Counter[str] = Counter()
        self.refusals: defaultdict[str, list[int]] = defaultdict(list)  # HTTP statuses, one a time

    def runs_of(self, what: str) -> int:
        return sum(run.what == what for run in self.tool_runs)

    async def on_tool_run(self, run: ToolRun) -> None:
        await self.pauses.reach(run.what)

    async def complete(self, request: dict[str, Any], completion: Completion) -> None:
        question, made, given = understood(request["messages"])
        if question is None:
            await completion.say("A title")
            await completion.finish()
            return
        self.requests[question.name] += 1
        moment = f"{question.name} {made}"
        if self.refusals[moment]:
            await completion.refuse(self.refusals[moment].pop(0))
            return
        await self.pauses.reach(f"asked {moment}")
        rest = question.text_of_turn(made).removeprefix(given)
        if made < len(question.rounds):
            await self._call(question, made, rest, completion)
        else:
            half = len(rest) // 2
            await completion.say(rest[:half])
            await self.pauses.reach(f"half {question.name}")
            await completion.say(rest[half:])
            await completion.finish(usage=USAGE)

    async def _call(self, question: Question, made: int, text: str, completion: Completion) -> None:
        await completion.say(text)
        for index, call in enumerate(question.rounds[made]):
            await completion.write(frame({"tool_calls": [tool_call(index, *call.split())]}))
        await self.pauses.reach(f"calls {question.name} {made}")
        await completion.finish("tool_calls", USAGE)


@asynccontextmanager
async def running_model() -> AsyncIterator[ToolScript]:
    model = ToolScript()
    async with serving_here(model):
        try:
            yield model
        finally:
            await model.pauses.release_all()
