"""A job: long work for one person, done in steps by whichever process has its lease."""

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chatapp import leases
from chatapp.server import process_name
from chatapp.server.columns import JSONField


class JobLost(Exception):
    """Report that this attempt may not write any more: cancelled, removed or overtaken."""


class State(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


UNFINISHED = (State.QUEUED, State.RUNNING)


class JobQuerySet(models.QuerySet["Job"]):
    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)

    def lost(self) -> Self:
        """Return jobs on which nobody works: new, released, or of a process that died.

        Those of people who can't sign in wait until they can.
        """
        return self.unfinished().filter(leases.lost(), owner__is_active=True)

    def expired(self) -> Self:
        return self.filter(expires_at__lte=Now())

    def renew_leases(self, jobs: Collection[uuid.UUID]) -> int:
        return leases.renew(self.unfinished(), jobs)


class Job(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=40)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    # How far it is, in units of its kind; `total` is 0 until it is known.
    done = models.PositiveBigIntegerField(default=0)
    total = models.PositiveBigIntegerField(default=0)
    # Where the next step begins, and what the kind wants to keep. Both belong to the kind.
    cursor = JSONField(default=dict)
    result = JSONField(default=dict)
    error = models.TextField(blank=True, default="")  # a sentence for the person

    # A crash counts until a later step is saved.
    attempt = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(max_length=process_name.MAX_CHARACTERS, blank=True, default="")
    leased_until = models.DateTimeField(null=True)
    crashes = models.PositiveSmallIntegerField(default=0)

    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    # Since then it is removed, with everything that it made. None while it isn't finished.
    expires_at = models.DateTimeField(null=True)

    objects: ClassVar = JobQuerySet.as_manager()

    is_saved = False  # whether the current step has saved its cursor itself

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind"],
                condition=models.Q(state__in=UNFINISHED),
                name="one_unfinished_job_of_a_kind",
            )
        ]
        indexes = [
            models.Index(
                fields=["leased_until"],
                condition=models.Q(state__in=UNFINISHED),
                name="unfinished_jobs",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False),
                name="ended_jobs",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of {self.owner_id}: {self.state}"

    @property
    def is_unfinished(self) -> bool:
        return self.state in UNFINISHED

    def take(self) -> bool:
        """Take the job for this process, where the last saved step ended; False when it is gone,
        or another process was faster."""
        values = {"state": State.RUNNING, "crashes": self.crashes + bool(self.leased_by)}
        if not leases.take(self, Job.objects.filter(pk=self.pk).lost(), values):
            return False
        # The attempt before may have saved a step since this row was read, and can't any more.
        self.refresh_from_db()
        return True

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Store what the block writes together with cursor, progress and result, or nothing.

        Do the work before: on SQLite nobody else writes during the block. Raises JobLost.
        """
        with transaction.atomic():
            yield
            values = {"cursor": self.cursor, "result": self.result, "crashes": 0}
            if not self._mine().update(**values, done=self.done, total=self.total):
                raise JobLost
        self.is_saved = True

    def release(self) -> bool:
        """End this attempt, so that any process may take the job at once."""
        return bool(self._mine().update(**leases.released()))

    def finish(self, state: State, keep: timedelta, error: str = "") -> bool:
        """End the job by this attempt, to be removed after a while."""
        return self._end(self._mine(), state, keep, error)

    def cancel(self) -> bool:
        """End the job whoever works on it; what was made of it goes at the next clean-up."""
        mine = Job.objects.filter(pk=self.pk).unfinished()
        return self._end(mine, State.CANCELLED, timedelta(0), "")

    def abandon(self, keep: timedelta, error: str) -> bool:
        """End a job on which nobody works."""
        return self._end(Job.objects.filter(pk=self.pk).lost(), State.FAILED, keep, error)

    def expire(self) -> bool:
        """Let an ended job be removed at the next clean-up."""
        ended = Job.objects.filter(pk=self.pk).exclude(state__in=UNFINISHED)
        return bool(ended.update(expires_at=Now()))  # by the clock that `expired` asks

    def _mine(self) -> JobQuerySet:
        rows: JobQuerySet = Job.objects.filter(pk=self.pk, attempt=self.attempt)
        return rows.filter(state=State.RUNNING)

    def _end(self, rows: JobQuerySet, state: State, keep: timedelta, error: str) -> bool:
        now = timezone.now()
        values = {"state": state, "error": error, "ended_at": now, "expires_at": now + keep}
        has_ended = bool(rows.update(**values, **leases.released()))
        if has_ended:
            for name, value in values.items():
                setattr(self, name, value)
        return has_ended
