"""Announce jobs to browsers. The event carries the current state, so a lost one is repaired
by the next."""

from chatapp.jobs.models import Job
from chatapp.realtime.protocol import publish


def job_changed(job: Job) -> None:
    publish(
        job.owner_id,
        "job.changed",
        job=job.pk,
        work=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
    )
