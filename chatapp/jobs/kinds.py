"""Register a kind of long work. It reads like a task of `django.tasks`: a decorated function, whose
`enqueue` returns the row with its state.

    @job(keep=timedelta(hours=24), clean_up=_remove_files)
    def export(job: Job) -> bool: ...

    export.enqueue(person)

The function does one step, of about a second at most, from `job.cursor` on, and returns whether
there is more to do. It may be called again from an older cursor, because a process may die at any
moment: what it writes goes into `with job.saving():`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, transaction

from chatapp.jobs.models import Job, JobQuerySet

type Step = Callable[[Job], bool]


class JobFailed(Exception):
    """End a job with a sentence for the person."""


class TryLater(Exception):
    """Report that something isn't available right now; the step is repeated after a while."""


@dataclass(frozen=True, slots=True)
class JobKind:
    name: str
    step: Step
    keep: timedelta  # how long the job and what it made stay after its end
    clean_up: Callable[[Job], object]  # removes what it made; may be called twice

    def enqueue(self, owner: AbstractBaseUser, **cursor: Any) -> Job:
        """Add a job, or return the person's unfinished one of this kind.

        Call `runner.wake` afterwards: nobody else looks at once.
        """
        try:
            with transaction.atomic():
                added: Job = Job.objects.create(kind=self.name, owner_id=owner.pk, cursor=cursor)
                return added
        except IntegrityError:
            running: Job | None = self.of(owner).unfinished().first()
            # It may have ended between the two statements.
            return running or self.enqueue(owner, **cursor)

    def of(self, owner: AbstractBaseUser) -> JobQuerySet:
        """Return the person's own jobs of this kind, the newest first: views use no other query."""
        rows: JobQuerySet = Job.objects.filter(kind=self.name, owner_id=owner.pk)
        return rows.order_by("-created_at")


_kinds: dict[str, JobKind] = {}


def job(
    *, keep: timedelta, clean_up: Callable[[Job], object] = lambda job: None
) -> Callable[[Step], JobKind]:
    """Register the decorated function as the step of a kind of the same name."""

    def register(step: Step) -> JobKind:
        kind = JobKind(step.__name__, step, keep, clean_up)
        _kinds[kind.name] = kind
        return kind

    return register


def find_kind(name: str) -> JobKind:
    return _kinds[name]


def kind_names() -> list[str]:
    """Return the kinds that this release knows; a newer one may have left others."""
    return list(_kinds)
