"""The jobs of somebody who can't sign in wait; when they can again, they go on."""

import asyncio

import pytest

from chatapp import background
from chatapp.accounts import access_changes, membership
from chatapp.accounts.models import Person
from chatapp.jobs.models import Job, State
from tests.jobs.kit import counted, enqueued, kind, now, swept

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_job_waits_for_a_reactivation(member: Person) -> None:
    job = await enqueued(counted(), member)
    await background.in_thread(membership.deactivate, member)

    await swept()
    assert (await now(job)).state == State.QUEUED

    await background.in_thread(membership.reactivate, member)
    await swept()
    assert (await now(job)).state == State.DONE


async def test_a_running_job_is_released_after_the_step_that_runs(
    member: Person, owner: Person
) -> None:
    loop, began = asyncio.get_running_loop(), asyncio.Event()

    def step(job: Job) -> bool:
        job.cursor = {"at": job.cursor.get("at", 0) + 1}
        loop.call_soon_threadsafe(began.set)
        return True

    job = await enqueued(kind(step), member)
    sweeping = asyncio.create_task(swept())
    await began.wait()
    await background.in_thread(membership.deactivate, member)

    await access_changes.look(set())
    await sweeping

    left = await now(job)
    assert (left.state, left.leased_by) == (State.RUNNING, "")
    await swept()
    assert (await now(job)).cursor == left.cursor
