"""Run a plan: people chat while things break, then everything must come to rest."""

import asyncio
import random
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from itertools import count
from pathlib import Path

import psycopg

from tests.chaos import caps
from tests.chaos.conversation import Conversation, Habits
from tests.chaos.faults import Breaker
from tests.chaos.instance import Instance, running_instance
from tests.chaos.plan import Plan
from tests.chaos.real_browser import reading
from tests.chaos.record import Record
from tests.chaos.recovery import mid_reply_kills
from tests.support.session import Session

REST_SECONDS = 60.0  # after the last reply that somebody waited for
POLL_SECONDS = 5.0


def play(plan: Plan, folder: Path) -> Record:
    """Play a plan on an instance and return its record; logs stay in `folder`."""
    emails = [f"person{number}@example.com" for number in range(plan.people)]
    leaving = {"CHAT_HAND_OVER_SECONDS": str(plan.hand_over)}
    with running_instance(folder, plan.processes, emails, plan.quota, **leaving) as instance:
        return asyncio.run(_play(plan, instance, emails))


async def _play(plan: Plan, instance: Instance, emails: Sequence[str]) -> Record:
    people = [Session(instance.url) for _email in emails]
    for person, email in zip(people, emails, strict=True):
        await person.sign_in(email)
    record = Record(begin=time.monotonic(), begin_unix=time.time())
    over = asyncio.Event()
    runs = (f"a{number}" for number in count())
    async with AsyncExitStack() as stack, asyncio.TaskGroup() as talking:
        for person in people:
            stack.push_async_callback(person.http.aclose)
        reader = None
        if plan.browser:
            reader = await stack.enter_async_context(reading(instance.url, record))
        for place in range(plan.at_once):
            chance = random.Random(f"{plan.seed} {place}")
            habits = Habits(plan, record, runs, chance, reader)
            talking.create_task(_talk(people[place % len(people)], habits, over))
        for number in range(plan.spenders):
            chance = random.Random(f"{plan.seed} spender {number}")
            talking.create_task(caps.spend(instance.environment, chance, over))
        talking.create_task(caps.watch(instance.database, record, over))
        breaking = talking.create_task(Breaker(instance, plan, record).go_on(over))
        await _until_enough(plan, record, breaking)
        record.over = time.monotonic()
        over.set()
    record.is_at_rest = await _comes_to_rest(instance)
    record.end = time.monotonic()
    record.requests, record.rows = instance.requests(), instance.rows()
    record.tool_runs, record.calls = instance.tool_runs(), instance.calls()
    instance.note_money(record)
    return record


async def _talk(person: Session, habits: Habits, over: asyncio.Event) -> None:
    """Hold one conversation after the other."""
    await asyncio.sleep(habits.chance.uniform(0, 2))
    while not over.is_set():
        await Conversation(person, habits).hold()


async def _until_enough(plan: Plan, record: Record, breaking: asyncio.Task[None]) -> None:
    deadline = time.monotonic() + plan.seconds
    while time.monotonic() < deadline and not breaking.done():
        await asyncio.wait({breaking}, timeout=min(POLL_SECONDS, deadline - time.monotonic()))
        if plan.kills and len(mid_reply_kills(record)) >= plan.kills:
            return


async def _comes_to_rest(instance: Instance) -> bool:
    """Return whether no reply runs any more, in time."""
    deadline = time.monotonic() + REST_SECONDS
    while time.monotonic() < deadline:
        with suppress(psycopg.OperationalError):
            if not await asyncio.to_thread(instance.running_replies):
                return True
        await asyncio.sleep(1)
    return False
