"""A job ends by itself, by a failure, by the person or with its process, and goes later."""

import asyncio
from threading import Event
from uuid import UUID

import pytest
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.jobs import runner
from chatapp.jobs.kinds import TryLater
from chatapp.jobs.models import Job
from tests.jobs.kit import DAY, enqueued, kind, now, swept

pytestmark = pytest.mark.django_db(transaction=True)


async def test_a_job_is_cancelled_in_the_middle_of_a_step(owner: Person) -> None:
    reached, opened = Event(), Event()
    removed: list[UUID] = []

    def step(job: Job) -> bool:
        reached.set()
        assert opened.wait(10)
        return True

    work = kind(step, clean_up=lambda job: removed.append(job.pk))
    job = await enqueued(work, owner)
    await runner._sweep()
    await background.in_urgent_thread(reached.wait, 10)

    assert await background.in_thread(job.cancel)
    opened.set()
    await asyncio.wait(background.running(runner.TASK), timeout=10)

    await swept()
    assert removed == [job.pk]
    assert not await Job.objects.aexists()
    assert not await background.in_thread(job.cancel)


async def test_a_process_that_ends_releases_its_jobs_for_the_next(owner: Person) -> None:
    reached = Event()

    def step(job: Job) -> bool:
        reached.set()
        job.cursor = {"at": job.cursor.get("at", 0) + 1}
        return True

    job = await enqueued(kind(step), owner)
    await runner._sweep()
    await background.in_urgent_thread(reached.wait, 10)
    runner.close()
    await asyncio.wait(background.running(runner.TASK), timeout=10)

    left = await now(job)
    assert (left.state, left.leased_by, left.leased_until) == ("running", "", None)
    await runner._sweep()
    assert not background.running(runner.TASK)
    assert await background.in_thread(left.take)
    assert left.crashes == 0


async def test_an_expired_job_is_removed_with_what_it_made(owner: Person) -> None:
    is_away = True

    def clean_up(job: Job) -> None:
        if is_away:
            raise TryLater("away")

    job = await enqueued(kind(lambda job: False, clean_up=clean_up), owner)
    await swept()
    assert await background.in_thread((await now(job)).expire)

    await swept()
    assert await Job.objects.aexists()
    is_away = False
    await swept()
    assert not await Job.objects.aexists()


async def test_jobs_of_a_newer_release_are_left_alone(owner: Person) -> None:
    past = timezone.now() - DAY
    await Job.objects.acreate(kind="newer", owner=owner)
    await Job.objects.acreate(kind="newer", owner=owner, state="done", expires_at=past)
    await swept()

    assert {job.state async for job in Job.objects.all()} == {"queued", "done"}
