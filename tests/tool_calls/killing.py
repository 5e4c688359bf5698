"""Kill the process that makes replies, each at its point, and check that others resume them."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from tests.tool_calls.arranging import Case, arrange
from tests.tool_calls.environment import Instance
from tests.tool_calls.points import Point

# Writes that are held up. Of the three threads of a process, another one will wait for the same
# rows, to save what has grown; the last brings the second write there.
MAX_WEIGHT = 2
ENDED = ("complete", "stopped", "failed", "waiting")


@dataclass(frozen=True, slots=True)
class Result:
    """`left` are the calls as the dead process left them, `asked` whether the person was asked
    then. The last three are the calls in the database, on the page and in the reply's state."""

    point: str
    left: tuple[str, ...]
    asked: bool
    status: str
    text: str
    runs: tuple[int, ...]
    ends: tuple[str, ...]
    on_page: tuple[str, ...]
    in_state: tuple[str, ...]


async def play(
    instance: Instance, points: Sequence[Point], together: int
) -> list[tuple[Case, Result]]:
    """Kill the first process at all points, so many replies at a time; it comes back each time,
    and goes on, alone or with others."""
    played = []
    for wave in waves(points, together):
        # Points that lock a table come last, because nothing can save or renew leases meanwhile.
        wave.sort(key=lambda point: point.weight)
        names = (f"p{len(played) + number}" for number in range(len(wave)))
        cases = await _die(instance, wave, names)
        await instance.database.expire_leases(instance.apps[0].pid)
        instance.apps[0].start()
        if len(instance.apps) == 1:
            await asyncio.to_thread(instance.apps[0].wait_until_ready)
        results = await asyncio.gather(*map(_resume_elsewhere, cases))
        await asyncio.to_thread(instance.apps[0].wait_until_ready)
        played += zip(cases, results, strict=True)
    return played


def waves(points: Sequence[Point], together: int) -> Iterator[list[Point]]:
    """Group points at which one process can be at the same time."""
    wave: list[Point] = []
    for point in points:
        is_full = len(wave) == together or sum(one.weight for one in [*wave, point]) > MAX_WEIGHT
        if wave and (is_full or wave[0].how != point.how):
            yield wave
            wave = []
        wave.append(point)
    yield wave


def expected(case: Case) -> Result:
    point = case.point
    return Result(
        point=point.name,
        left=point.left,
        asked=bool(point.asks),
        status="complete",
        text=case.conversation.question.text,
        runs=point.runs,
        ends=point.ends,
        on_page=point.ends,
        in_state=point.ends,
    )


async def _die(instance: Instance, points: Sequence[Point], names: Iterator[str]) -> list[Case]:
    victim = instance.apps[0]
    cases: list[Case] = []
    for _writes, some in groupby(zip(points, names, strict=True), lambda pair: pair[0].weight > 0):
        coming = [arrange(instance, point, name, victim.url) for point, name in some]
        cases += await asyncio.gather(*coming)
    victim.send(points[0].how)
    await asyncio.to_thread(victim.wait)
    for case in cases:
        await case.release()
        case.left = tuple(state for _what, state in await case.conversation.tool_calls())
    return cases


async def _resume_elsewhere(case: Case) -> Result:
    """Let other processes resume, and decide about calls where the point asks for it."""
    conversation, point = case.conversation, case.point
    conversation.url = case.instance.apps[-1].url
    state = await conversation.until(*ENDED)
    if asked := state["status"] == "waiting":
        await conversation.decide(f"{case.name}{point.asks}", point.decision)
        state = await conversation.until(*ENDED)
    return Result(
        point=point.name,
        left=case.left,
        asked=asked,
        status=state["status"],
        text=state["text"],
        runs=tuple(conversation.runs.values()),
        ends=tuple(state for _what, state in await conversation.tool_calls()),
        on_page=tuple(await conversation.shown()),
        in_state=tuple(conversation.tool_calls_in(state["html"])),
    )
