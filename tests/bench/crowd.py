"""`python -m tests.bench.crowd`: many tabs in one process of their own.

It reads a Plan as JSON from its first line of input. "app" opens a socket for each member, sends
their questions and follows the replies; "floor" sends the questions to the forwarder and reads the
answers; both print a Result. "idle" opens the sockets, prints a line when each has heard a pulse,
and keeps them until its input ends; so does "follow", whose line comes as soon as each is open.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Literal
from urllib.parse import urlsplit

import uvloop

from tests.bench.tabs import Reader, Sighting, Tab, send
from tests.servers.processes import ROOT, pinned

OPENING = 20  # sockets at once
PULSE_PATIENCE = 40  # seconds

type Ask = Callable[[], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Member:
    """Hold one tab's part. `sends_to` and `listens_to` may be different processes of the app."""

    listens_to: str
    sends_to: str = ""
    cookie: str = ""
    run: str = ""
    question: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    kind: Literal["app", "floor", "idle", "follow"]
    members: Sequence[Member]
    ramp: float = 0  # seconds over which the questions are spread
    patience: float = 0  # seconds from the first question until every answer has ended


@dataclass(frozen=True, slots=True)
class Result:
    asked: dict[str, float]  # by run: when its question was sent, by CLOCK_MONOTONIC
    seen: dict[str, list[float]]  # by run: when each token was here
    errors: list[str]
    cpu: float  # seconds, of following alone


@contextmanager
def crowd(plan: Plan, core: int) -> "Iterator[subprocess.Popen[str]]":
    """Run the tabs on a core until the block ends."""
    with pinned(core):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.crowd"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
    assert process.stdin
    try:
        process.stdin.write(json.dumps(asdict(plan)) + "\n")
        process.stdin.flush()
        yield process
    finally:
        process.terminate()
        process.communicate()


async def main(plan: Plan) -> None:
    sightings = [Sighting(member.run) for member in plan.members]
    if plan.kind == "floor":
        asks = [_of_floor(*pair) for pair in zip(plan.members, sightings, strict=True)]
    else:
        gate = asyncio.Semaphore(OPENING)
        pairs = zip(plan.members, sightings, strict=True)
        tabs = await asyncio.gather(*(_open(*pair, gate) for pair in pairs))
        if plan.kind in ("idle", "follow"):
            if plan.kind == "idle":
                async with asyncio.timeout(PULSE_PATIENCE):
                    await asyncio.gather(*(tab.pulsed for tab in tabs))
            print("each is open", flush=True)
            await asyncio.to_thread(sys.stdin.read)
            return
        asks = [_of_app(*each) for each in zip(plan.members, tabs, sightings, strict=True)]
    before = time.process_time()
    errors = await _ask_all(asks, plan)
    used = time.process_time() - before
    asked = {sighting.run: sighting.asked for sighting in sightings}
    seen = {sighting.run: sighting.seen for sighting in sightings}
    result = Result(asked, seen, errors, used)
    print(json.dumps(asdict(result)), flush=True)


async def _open(member: Member, sighting: Sighting, gate: asyncio.Semaphore) -> Tab:
    place = urlsplit(member.listens_to)
    async with gate:
        _, tab = await asyncio.get_running_loop().create_connection(
            lambda: Tab(place.netloc, member.cookie, sighting), place.hostname, place.port
        )
        await tab.ready
    return tab


def _of_app(member: Member, tab: Tab, sighting: Sighting) -> Ask:
    async def ask() -> None:
        sighting.asked = time.monotonic()
        await send(member.sends_to, member.cookie, member.question)
        await tab.finished

    return ask


def _of_floor(member: Member, sighting: Sighting) -> Ask:
    async def ask() -> None:
        sighting.asked = time.monotonic()
        place = urlsplit(member.listens_to)
        _, reader = await asyncio.get_running_loop().create_connection(
            lambda: Reader(member.question, sighting), place.hostname, place.port
        )
        await reader.finished

    return ask


async def _ask_all(asks: Sequence[Ask], plan: Plan) -> list[str]:
    """Send all questions, and return a line for each reply that failed or is late."""

    async def in_turn(index: int, ask: Ask) -> None:
        await asyncio.sleep(plan.ramp * index / len(asks))
        await ask()

    tasks = [asyncio.create_task(in_turn(*pair)) for pair in enumerate(asks)]
    done, late = await asyncio.wait(tasks, timeout=plan.patience)
    return [repr(task.exception()) for task in done if task.exception()] + ["late"] * len(late)


if __name__ == "__main__":
    given = json.loads(sys.stdin.readline())
    given["members"] = [Member(**member) for member in given["members"]]
    uvloop.run(main(Plan(**given)))
