"""Jobs whose steps the tests write, and what a process that died leaves behind."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.jobs import kinds, runner
from chatapp.jobs.kinds import JobKind
from chatapp.jobs.models import Job

DAY = timedelta(days=1)


def kind(step: Callable[[Job], bool], **options: Any) -> JobKind:
    step.__name__ = "work"
    return kinds.job(keep=DAY, **options)(step)


def counted(until: int = 3) -> JobKind:
    """Return a kind whose steps count in the cursor."""

    def step(job: Job) -> bool:
        job.cursor = {"at": job.cursor.get("at", 0) + 1}
        job.done, job.total = job.cursor["at"], until
        return bool(job.cursor["at"] < until)

    return kind(step)


async def swept() -> None:
    """Look for jobs once, and wait until those that were found have ended."""
    await runner._sweep()
    if tasks := background.running(runner.TASK):
        await asyncio.wait(tasks, timeout=20)


async def enqueued(work: JobKind, owner: Person) -> Job:
    return await background.in_thread(work.enqueue, owner)


async def now(job: Job) -> Job:
    found: Job = await Job.objects.aget(pk=job.pk)
    return found


async def lose(job: Job, **fields: object) -> None:
    """Leave the job as a process that died would."""
    ago = timezone.now() - timedelta(seconds=1)
    values = {"state": "running", "attempt": 1, "leased_by": "dead", "leased_until": ago}
    await Job.objects.filter(pk=job.pk).aupdate(**values | fields)
