"""One run: people talk while things break, then everything has to come to rest."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path

import aiohttp
import psycopg

from tests.chaos.browser import reading
from tests.chaos.faults import Breaker
from tests.chaos.house import House, running_house
from tests.chaos.person import Habits, Person, Talk
from tests.chaos.plan import Plan
from tests.chaos.record import Record
from tests.chaos.recovery import mid_reply_kills

REST_SECONDS = 60.0  # after the last reply that somebody waited for
LOOK_EVERY = 5.0  # seconds


def play(plan: Plan, folder: Path) -> Record:
    """Starts a house, plays a plan in it and gives what came of it; logs are left in `folder`."""
    emails = [f"person{number}@example.com" for number in range(plan.people)]
    leaving = {"CHAT_HAND_OVER_SECONDS": str(plan.hand_over)}
    with running_house(folder, plan.processes, emails, **leaving) as house:
        return asyncio.run(_play(plan, house, emails))


async def _play(plan: Plan, house: House, emails: Sequence[str]) -> Record:
    people = [Person(email, house.url, aiohttp.CookieJar(unsafe=True)) for email in emails]
    for person in people:
        await person.sign_in()
    record = Record(begin=time.monotonic())
    over = asyncio.Event()
    runs = (f"a{number}" for number in count())
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as talking:
        reader = None
        if plan.browser:
            reader = await stack.enter_async_context(reading(house.url, record))
        for place in range(plan.at_once):
            chance = random.Random(f"{plan.seed} {place}")
            habits = Habits(plan, record, runs, chance, reader)
            talking.create_task(_talk(people[place % len(people)], habits, over))
        breaking = talking.create_task(Breaker(house, plan, record).go_on(over))
        await _until_enough(plan, record, breaking)
        over.set()
    record.is_at_rest = await _comes_to_rest(house)
    record.end = time.monotonic()
    record.asked, record.rows = house.asked(), house.rows()
    record.did, record.calls = house.did(), house.calls()
    return record


async def _talk(person: Person, habits: Habits, over: asyncio.Event) -> None:
    """One conversation after the other."""
    await asyncio.sleep(habits.chance.uniform(0, 2))
    while not over.is_set():
        await Talk(person, habits).hold()


async def _until_enough(plan: Plan, record: Record, breaking: asyncio.Task[None]) -> None:
    deadline = time.monotonic() + plan.seconds
    while time.monotonic() < deadline and not breaking.done():
        await asyncio.wait({breaking}, timeout=min(LOOK_EVERY, deadline - time.monotonic()))
        if plan.kills and len(mid_reply_kills(record)) >= plan.kills:
            return


async def _comes_to_rest(house: House) -> bool:
    """Whether no reply runs any more, in time."""
    deadline = time.monotonic() + REST_SECONDS
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            if not await asyncio.to_thread(house.running_replies):
                return True
        await asyncio.sleep(1)
    return False
