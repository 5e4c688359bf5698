"""Who makes a reply: one process at a time, up to a moment on the database's clock.

Whoever takes a reply begins a new attempt at it, and every write names its attempt: one that was
overtaken changes nothing any more.
"""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from django.db import models
from django.db.models.functions import Now
from django.utils import timezone

from chatapp.conversations.models.progress import Outcome, Progress, Spent, Status, values_of
from chatapp.rendering import VERSION as RENDERING_VERSION
from chatapp.server import process

if TYPE_CHECKING:
    from chatapp.conversations.models.message import MessageQuerySet

LEASE = timedelta(seconds=10)
# A new reply waits so long for the process that put it into the queue.
GRACE = timedelta(seconds=3)
MOST_DEATHS = 3  # of processes that made the same reply; it may be what kills them

type Maker = Literal[
    "anybody", "this attempt", "nobody", "who was asked to stop", "nobody, until a decision"
]


class Leased(models.Model):
    """A lease has an owner and an end, is let go ("", None), or was never taken ("", in a moment).
    Deaths are those of owners whose lease ran out; takeovers count what was let go too."""

    attempt = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(
        max_length=process.MOST_CHARACTERS, blank=True, default="", db_default=""
    )
    leased_until = models.DateTimeField(null=True)
    takeovers = models.PositiveSmallIntegerField(default=0, db_default=0)
    deaths = models.PositiveSmallIntegerField(default=0, db_default=0)

    sequence = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pk: uuid.UUID
        objects: ClassVar[Any]
        steps: Any
        status: str
        text: str
        reasoning: str
        error: str
        thought_seconds: float | None

    def begin(self) -> bool:
        """Takes a queued reply for a new attempt.

        False when it is no longer queued, or was asked to stop before it began.
        """
        queued = self._row.filter(status=Status.QUEUED, stop_requested_at=None)
        return self._take(queued, {"started_at": timezone.now()})

    def take_over(self) -> bool:
        """Takes a reply whose lease ended, for an attempt that goes on after what was saved.

        False when its owner is alive after all, or somebody else was faster.
        """
        values: dict[str, Any] = {"started_at": self.started_at or timezone.now()}
        if self.status == Status.STREAMING:
            values["takeovers"] = self.takeovers + 1
        if self.leased_by:
            values["deaths"] = self.deaths + 1
        if not (self.text or self.steps.exists()):
            # Without a word or a call to go on from the model starts, and thinks, anew.
            values |= {"reasoning": "", "thought_seconds": None}
        return self._take(self._row.lost(), values)

    def renew(self) -> bool:
        """Makes the lease of this attempt last its full time again; False when it was overtaken."""
        return bool(self._of_this_attempt.update(leased_until=Now() + LEASE))

    def release(self, progress: Progress, spent: Spent) -> bool:
        """Ends this attempt unfinished: whoever is there may go on from here at once."""
        values = values_of(progress) | values_of(spent) | {"leased_by": "", "leased_until": None}
        values["first_token_at"] = self.first_token_at
        return bool(self._of_this_attempt.update(**values))

    def wait(self, progress: Progress, spent: Spent) -> bool:
        """Ends this attempt until the person has decided about a call; nobody takes it over.

        False when it was overtaken or is to stop.
        """
        values = values_of(progress) | values_of(spent) | {"leased_by": "", "leased_until": None}
        values |= {"status": Status.WAITING, "first_token_at": self.first_token_at}
        wanted = self._of_this_attempt.filter(stop_requested_at=None)
        if waits := bool(wanted.update(**values)):
            self._set(values)
        return waits

    def finish(self, outcome: Outcome) -> bool:
        """Ends this attempt; False when it had been ended or taken over before."""
        values = values_of(outcome.progress) | values_of(outcome.spent) | values_of(outcome)
        del values["progress"], values["spent"]
        values |= {
            "html_version": RENDERING_VERSION,
            "finished_at": timezone.now(),
            "first_token_at": self.first_token_at,
            "leased_until": None,
        }
        ended = bool(self._of_this_attempt.update(**values))
        self._set(values)
        return ended

    def request_stop(self) -> bool:
        """Asks whoever makes this reply to stop; False when it does not run."""
        return bool(self._row.running().update(stop_requested_at=timezone.now()))

    def close(self, status: str, error: str = "", *, made_by: Maker = "anybody") -> bool:
        """Ends a reply as it was saved; one that is made by somebody else is left alone."""
        rows = {
            "anybody": self._row.running(),
            "this attempt": self._of_this_attempt,
            "nobody": self._row.lost(),
            "who was asked to stop": self._row.running().exclude(stop_requested_at=None),
            "nobody, until a decision": self._row.filter(status=Status.WAITING),
        }
        row = rows[made_by]
        values = {"status": status, "error": error, "finished_at": timezone.now()}
        ended = bool(row.update(**values, leased_until=None))
        self._set(values)
        return ended

    def _take(self, row: "MessageQuerySet", values: dict[str, Any]) -> bool:
        values |= {
            "attempt": self.attempt + 1,
            "status": Status.STREAMING,
            "leased_by": process.NAME,
        }
        taken = row.filter(attempt=self.attempt).update(**values, leased_until=Now() + LEASE)
        self._set(values)
        return bool(taken)

    def _set(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def _row(self) -> "MessageQuerySet":
        row: MessageQuerySet = type(self).objects.filter(pk=self.pk)
        return row

    @property
    def _of_this_attempt(self) -> "MessageQuerySet":
        return self._row.running().filter(attempt=self.attempt)
