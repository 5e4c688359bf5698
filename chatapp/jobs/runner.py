"""Make jobs: each process takes a few, and makes them step by step in its spare thread.

A process that dies loses the step that it was making. Its lease ends, and another process continues
after the last step that was saved.
"""

import asyncio
import copy
import logging
from contextlib import suppress
from uuid import UUID

import django.db
from django.utils.translation import gettext as _

from chatapp import background
from chatapp.jobs import events
from chatapp.jobs.kinds import JobFailed, JobKind, TryLater, find_kind, kind_names
from chatapp.jobs.models import Job, JobLost, State
from chatapp.leases import MAX_CRASHES
from chatapp.leases.renewal import renew_forever
from chatapp.realtime.hub import call_on

MAX_JOBS = 2  # that this process makes at once; the rest waits, or is for other processes
SWEEP_SECONDS = 3
REST = 2  # times as long as a step took, so that others have the processor most of the time
MAX_REST_SECONDS = 1.0
ANNOUNCE_SECONDS = 0.5  # between two events about progress
MAX_FAILURES = 6  # in a row, of a step that is repeated
FIRST_PAUSE_SECONDS = 1.0  # before a step is repeated; each pause is twice as long
EXPIRED_AT_ONCE = 20
TASK = "job:"

logger = logging.getLogger(__name__)

_wake: asyncio.Event | None = None
_loop: asyncio.AbstractEventLoop | None = None
_is_closing = False


def start() -> None:
    global _wake, _loop, _is_closing
    _wake, _loop, _is_closing = asyncio.Event(), asyncio.get_running_loop(), False
    background.spawn("renew jobs", renew_forever(Job.objects.renew_leases, _held, _let_go))
    background.spawn("sweep jobs", _sweep_forever(_wake))


def wake() -> None:
    """Look for jobs at once. Thread-safe; does nothing in a command of manage.py."""
    if _wake and _loop and not _loop.is_closed():
        call_on(_loop, _wake.set)


def close() -> None:
    """Take no more jobs, and release those of this process for the others."""
    global _is_closing
    _is_closing = True
    _let_go()


async def release_jobs_of(owner_id: UUID) -> None:
    """End what this process makes for somebody; the step that runs may still be saved."""
    if held := _held():
        for pk in await background.in_thread(_of_owner, held, owner_id):
            background.cancel(f"{TASK}{pk}")


def _of_owner(held: set[UUID], owner_id: UUID) -> list[UUID]:
    return list(Job.objects.filter(pk__in=held, owner_id=owner_id).values_list("pk", flat=True))


def _held() -> set[UUID]:
    return {UUID(task.get_name().removeprefix(TASK)) for task in background.running(TASK)}


def _let_go() -> None:
    for task in background.running(TASK):
        task.cancel()


async def _sweep_forever(wake: asyncio.Event) -> None:
    while True:
        wake.clear()
        try:
            await _sweep()
        except django.db.Error as error:
            logger.warning("Jobs could not be looked for: %s", type(error).__name__)
        with suppress(TimeoutError):
            async with asyncio.timeout(SWEEP_SECONDS):
                await wake.wait()


async def _sweep() -> None:
    """Begin what waits, as far as there is room, and remove what has expired."""
    room = MAX_JOBS - len(background.running(TASK))
    if room > 0 and not _is_closing:
        for job in await background.in_thread(_take, room):
            background.spawn(f"{TASK}{job.pk}", _make(job))
    await background.in_spare_thread(remove_expired)


def _take(room: int) -> list[Job]:
    taken = []
    for job in Job.objects.lost().filter(kind__in=kind_names()).order_by("created_at")[:room]:
        if job.leased_by and job.crashes + 1 >= MAX_CRASHES:
            sentence = _("The server stopped several times while it worked on this.")
            if job.abandon(find_kind(job.kind).keep, sentence):
                events.job_changed(job)
        elif job.take():
            taken.append(job)
    return taken


async def _make(job: Job) -> None:
    """Make step after step until the job has ended or is somebody else's."""
    kind = find_kind(job.kind)
    try:
        await _make_steps(job, kind)
    except asyncio.CancelledError:
        await background.in_urgent_thread(job.release)
        raise
    except JobLost:
        logger.info("The job %s was cancelled, or another process has it", job.pk)
    except JobFailed as error:
        await background.in_thread(_end, job, kind, State.FAILED, str(error))
    except django.db.Error:
        # Its lease runs out, and whoever reaches the database then continues.
        logger.exception("A job stops here, because the database can't be used")
    except Exception:
        logger.exception("A job failed by a bug", extra={"job": str(job.pk), "kind": job.kind})
        sentence = _("This failed because of a mistake in the app. The log has the reason.")
        await background.in_thread(_end, job, kind, State.FAILED, sentence)
    wake()


async def _make_steps(job: Job, kind: JobKind) -> None:
    loop = asyncio.get_running_loop()
    has_more, failures, announced_at = True, 0, 0.0
    while has_more:
        begin = loop.time()
        try:
            has_more = await background.in_spare_thread(_step, job, kind)
        except (TryLater, django.db.OperationalError) as error:
            failures += 1
            if failures == MAX_FAILURES:
                raise JobFailed(str(error) or _("The database isn't available.")) from error
            logger.warning("A step of the job %s is repeated: %s", job.pk, error)
            await asyncio.sleep(FIRST_PAUSE_SECONDS * 2 ** (failures - 1))
            continue
        failures = 0
        if has_more and loop.time() > announced_at + ANNOUNCE_SECONDS:
            events.job_changed(job)
            announced_at = loop.time()
        await asyncio.sleep(min(REST * (loop.time() - begin), MAX_REST_SECONDS))
    await background.in_thread(_end, job, kind, State.DONE, "")


def _step(job: Job, kind: JobKind) -> bool:
    """Make one step from the cursor that was saved last."""
    before = job.cursor, job.result, job.done, job.total
    job.cursor, job.result, job.is_saved = *copy.deepcopy((job.cursor, job.result)), False
    try:
        has_more = kind.step(job)
        if not job.is_saved:
            with job.saving():
                pass
    except BaseException:
        job.cursor, job.result, job.done, job.total = before
        raise
    return has_more


def _end(job: Job, kind: JobKind, state: State, error: str) -> None:
    if job.finish(state, kind.keep, error):
        events.job_changed(job)


def remove_expired() -> None:
    """Remove jobs whose time is over, with what they made. Several processes may do it at once."""
    for job in Job.objects.expired().filter(kind__in=kind_names())[:EXPIRED_AT_ONCE]:
        try:
            find_kind(job.kind).clean_up(job)
        except TryLater as error:
            logger.warning("What the job %s made stays for now: %s", job.pk, error)
        else:
            job.delete()
