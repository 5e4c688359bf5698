"""Jobs are made step by step, one process at a time, and survive its death."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.jobs import events, runner
from chatapp.jobs.kinds import JobFailed, TryLater
from chatapp.jobs.models import Job, JobLost, State
from chatapp.leases import MAX_CRASHES
from tests.jobs.kit import DAY, counted, enqueued, kind, lose, now, swept

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def announced(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """Return the events that browsers would get."""
    seen: list[dict[str, Any]] = []
    monkeypatch.setattr(events, "publish", lambda *args, **fields: seen.append(fields))
    return seen


async def test_a_job_is_made_step_by_step(owner: Person, announced: list[dict[str, Any]]) -> None:
    job = await enqueued(counted(), owner)
    await swept()

    job = await now(job)
    assert (job.state, job.done, job.total, job.cursor) == ("done", 3, 3, {"at": 3})
    assert job.expires_at - job.ended_at == DAY
    assert (job.leased_by, job.leased_until) == ("", None)
    # The first step is announced at once, the others at most twice a second, the end always.
    assert [each["done"] for each in announced] == [1, 3]
    assert announced[-1]["state"] == "done"


async def test_a_person_has_one_unfinished_job_of_a_kind(owner: Person, member: Person) -> None:
    work = counted()
    job = await enqueued(work, owner)

    assert (await enqueued(work, owner)).pk == job.pk
    assert (await enqueued(work, member)).pk != job.pk
    await swept()
    assert (await enqueued(work, owner)).pk != job.pk


async def test_a_job_of_a_dead_process_continues_after_the_last_saved_step(owner: Person) -> None:
    job = await enqueued(counted(), owner)
    await lose(job, cursor={"at": 1}, done=1)
    await swept()

    job = await now(job)
    assert (job.state, job.cursor, job.attempt, job.crashes) == ("done", {"at": 3}, 2, 0)


async def test_a_job_whose_lease_holds_is_left_alone(owner: Person) -> None:
    job = await enqueued(counted(), owner)
    await lose(job, leased_until=timezone.now() + timedelta(seconds=60))
    await swept()

    assert (await now(job)).leased_by == "dead"


async def test_a_job_that_crashes_every_process_fails(owner: Person) -> None:
    job = await enqueued(counted(), owner)
    await lose(job, crashes=MAX_CRASHES - 1)
    await swept()

    job = await now(job)
    assert (job.state, job.cursor) == ("failed", {})
    assert "stopped several times" in job.error


async def test_an_overtaken_attempt_writes_nothing(owner: Person, member: Person) -> None:
    job = await enqueued(counted(), owner)

    def overtake(job: Job) -> None:
        Job.objects.filter(pk=job.pk).update(leased_until=None)
        assert Job.objects.get(pk=job.pk).take()

    def write() -> None:
        assert job.take()
        overtake(job)
        with pytest.raises(JobLost), job.saving():
            Person.objects.filter(pk=member.pk).update(is_active=False)
        assert not job.finish(State.DONE, DAY)
        assert not job.release()

    await background.in_thread(write)
    assert (await Person.objects.aget(pk=member.pk)).is_active


async def test_what_a_step_writes_and_its_cursor_are_saved_together(owner: Person) -> None:
    failures = iter([OperationalError("away"), TryLater("away")])

    def step(job: Job) -> bool:
        job.cursor["steps"] = [*job.cursor.get("steps", []), len(job.cursor.get("steps", []))]
        with job.saving():
            Person.objects.create(email=f"{job.cursor['steps'][-1]}@example.com")
            if failure := next(failures, None):
                raise failure
        return len(job.cursor["steps"]) < 2

    job = await enqueued(kind(step), owner)
    await swept()

    assert ((await now(job)).state, (await now(job)).cursor) == ("done", {"steps": [0, 1]})
    assert await Person.objects.exclude(pk=owner.pk).acount() == 2


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (JobFailed("The file is empty."), "The file is empty."),
        (TryLater("The bucket doesn't answer."), "The bucket doesn't answer."),
        (ZeroDivisionError(), "This failed because of a mistake in the app."),
    ],
)
async def test_a_failure_ends_the_job_with_a_sentence(
    owner: Person, error: Exception, sentence: str
) -> None:
    def step(job: Job) -> bool:
        raise error

    job = await enqueued(kind(step), owner)
    await swept()

    assert (await now(job)).state == "failed"
    assert (await now(job)).error.startswith(sentence)


async def test_a_process_makes_only_a_few_jobs_at_once(
    owner: Person, member: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "MAX_JOBS", 1)
    work = counted()
    first, second = await enqueued(work, owner), await enqueued(work, member)

    await swept()
    assert [(await now(each)).state for each in (first, second)] == ["done", "queued"]
    await swept()
    assert (await now(second)).state == "done"


async def test_a_process_finds_a_job_at_once_when_it_is_woken(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "SWEEP_SECONDS", 600)
    ended, loop = asyncio.Event(), asyncio.get_running_loop()
    monkeypatch.setattr(events, "job_changed", lambda job: loop.call_soon_threadsafe(ended.set))
    runner.start()
    job = await enqueued(counted(until=1), owner)
    await background.in_thread(runner.wake)
    async with asyncio.timeout(20):
        await ended.wait()

    assert (await now(job)).state == "done"
