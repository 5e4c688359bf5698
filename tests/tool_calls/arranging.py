"""Brings a reply to one point of the loop, exactly, and has it stand still there."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import httpx

from tests.tool_calls.holds import Hold, until
from tests.tool_calls.house import House
from tests.tool_calls.points import Point, Where
from tests.tool_calls.question import Question
from tests.tool_calls.table import Held
from tests.tool_calls.talk import Talk

# Where the model waits until the write that is to be held up can be named by the reply.
BEFORE = {"complete": "half {}a", "waiting": "calls {}a 0"}


@dataclass(slots=True)
class Case:
    """A reply on its way to a point. `left` are the states of its calls there."""

    house: House
    point: Point
    name: str
    talk: Talk
    left: tuple[str, ...] = ()
    holds: list[Hold | Held] = field(default_factory=list)
    requests: list[asyncio.Task[httpx.Response]] = field(default_factory=list)

    @property
    def at(self) -> str:
        return self.point.at.replace("{}", self.name)

    async def begin(self) -> None:
        """Sends, and allows what the person is to allow."""
        await self.talk.send()
        if self.point.allow:
            await self.talk.until("waiting")
            self.decide()

    def decide(self) -> None:
        """Without waiting for the answer, which may never come."""
        decision = self.talk.decide(f"{self.name}{self.point.allow}", "allow")
        self.requests.append(asyncio.create_task(decision))

    async def release(self) -> None:
        """Lets the world go on when the process is dead, and so are its requests."""
        for hold in self.holds:
            await hold.release()
        await asyncio.gather(*self.requests, return_exceptions=True)


async def arrange(house: House, point: Point, name: str, url: str) -> Case:
    question = Question.parse(f"do {point.calls.replace('{}', name)}")
    assert question
    case = Case(house, point, name, Talk(house, question, url))
    await WAYS[point.where](case)
    if case.holds:
        await case.holds[-1].until_reached()
    await until(lambda: _has_left(case))
    return case


async def _has_left(case: Case) -> bool:
    """Also a call beside the one that is held up."""
    return tuple(state for _what, state in await case.talk.tool_calls()) == case.point.left


async def _outside(case: Case) -> None:
    case.holds.append(case.house.outside.holds.plan(case.at))
    await case.begin()


async def _write(case: Case) -> None:
    case.holds.append(await case.house.table.hold(case.at))
    await case.begin()


async def _end(case: Case) -> None:
    """The write that gives the reply a status."""
    status = case.point.at
    if early := BEFORE.get(status):
        before = case.house.outside.holds.plan(early.replace("{}", case.name))
        await case.talk.send()
        await before.until_reached()
    else:
        await case.talk.send()
        await case.talk.until("waiting")
    case.holds.append(await case.house.table.hold(f"{status} {case.talk.reply}"))
    if early:
        await before.release()
    else:
        case.decide()


async def _table(case: Case) -> None:
    """What is asked of a table when a call has ended."""
    before = case.house.outside.holds.plan(f"{case.name}a")
    await case.begin()
    await before.until_reached()
    case.holds.append(await case.house.table.hold_table(case.at))
    await before.release()


async def _nowhere(case: Case) -> None:
    await case.talk.send()
    await case.talk.until("waiting")


WAYS: dict[Where, Callable[[Case], Awaitable[None]]] = {
    "model": _outside,
    "tool": _outside,
    "write": _write,
    "end": _end,
    "table": _table,
    "nowhere": _nowhere,
}
