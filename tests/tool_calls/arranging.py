"""Bring a reply to exactly one point of a tool call, and hold it there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from tests.tool_calls.conversation import ToolConversation
from tests.tool_calls.environment import Instance
from tests.tool_calls.pauses import Pause, until
from tests.tool_calls.points import Point, Where
from tests.tool_calls.postgres_locks import HeldWrite
from tests.tool_calls.question import Question

# The model waits here until the id of the reply is known, which names the write to hold up.
BEFORE = {"complete": "half {}a", "waiting": "calls {}a 0"}


@dataclass(slots=True)
class Case:
    """A reply that is brought to a point. `left` lists the states of its calls there."""

    instance: Instance
    point: Point
    name: str
    conversation: ToolConversation
    left: tuple[str, ...] = ()
    pauses: list[Pause | HeldWrite] = field(default_factory=list)
    requests: list[asyncio.Task[httpx.Response]] = field(default_factory=list)

    @property
    def at(self) -> str:
        return self.point.at.replace("{}", self.name)

    async def begin(self) -> None:
        """Send a question, and allow the calls that the point needs allowed."""
        await self.conversation.send()
        if self.point.allow:
            await self.conversation.until("waiting")
            self.decide()

    def decide(self) -> None:
        """Decide without waiting for the answer, which may never come."""
        decision = self.conversation.decide(f"{self.name}{self.point.allow}", "allow")
        self.requests.append(asyncio.create_task(decision))

    async def release(self) -> None:
        """Release everything that waits, once the process is dead."""
        for pause in self.pauses:
            await pause.release()
        await asyncio.gather(*self.requests, return_exceptions=True)


async def arrange(instance: Instance, point: Point, name: str, url: str) -> Case:
    question = Question.parse(f"do {point.calls.replace('{}', name)}")
    assert question
    case = Case(instance, point, name, ToolConversation(instance, question, url))
    await WAYS[point.where](case)
    if case.pauses:
        await case.pauses[-1].until_reached()
    await until(lambda: _has_left(case))
    return case


async def _has_left(case: Case) -> bool:
    """Return whether all calls have the states of the point, those beside the held one too."""
    return tuple(state for _what, state in await case.conversation.tool_calls()) == case.point.left


async def _pause(case: Case) -> None:
    case.pauses.append(case.instance.model.pauses.plan(case.at))
    await case.begin()


async def _write(case: Case) -> None:
    case.pauses.append(await case.instance.database.hold(case.at))
    await case.begin()


async def _end(case: Case) -> None:
    """Return the write that gives the reply a status."""
    status = case.point.at
    if early := BEFORE.get(status):
        before = case.instance.model.pauses.plan(early.replace("{}", case.name))
        await case.conversation.send()
        await before.until_reached()
    else:
        await case.conversation.send()
        await case.conversation.until("waiting")
    case.pauses.append(await case.instance.database.hold(f"{status} {case.conversation.reply}"))
    if early:
        await before.release()
    else:
        case.decide()


async def _table(case: Case) -> None:
    """Return the table that is used when a call has ended."""
    before = case.instance.model.pauses.plan(f"{case.name}a")
    await case.begin()
    await before.until_reached()
    case.pauses.append(await case.instance.database.hold_table(case.at))
    await before.release()


async def _nowhere(case: Case) -> None:
    await case.conversation.send()
    await case.conversation.until("waiting")


WAYS: dict[Where, Callable[[Case], Awaitable[None]]] = {
    "model": _pause,
    "tool": _pause,
    "write": _write,
    "end": _end,
    "table": _table,
    "nowhere": _nowhere,
}
