"""What a message has and can do as a reply of a model."""

import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils import timezone

from chatapp.conversations.models.settings import DIGEST_LENGTH, Effort
from chatapp.rendering import VERSION as RENDERING_VERSION

if TYPE_CHECKING:
    from chatapp.conversations.models.message import MessageQuerySet

LENGTH = "length"  # the finish reason of a reply that reached its token limit


class Status(models.TextChoices):
    QUEUED = "queued"
    STREAMING = "streaming"
    COMPLETE = "complete"
    STOPPED = "stopped"
    FAILED = "failed"


RUNNING = (Status.QUEUED, Status.STREAMING)


@dataclass(frozen=True, slots=True)
class Progress:
    """What is known of a reply at one instant. `sequence` numbers the patches published so far;
    `seams` are the places in `text`, in characters, where a later attempt went on."""

    text: str = ""
    reasoning: str = ""
    sequence: int = 0
    thought_seconds: float | None = None
    notices: dict[str, Any] = field(default_factory=dict)
    seams: list[int] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt at a reply ended. `html` is the safe rendering of the text."""

    status: str
    progress: Progress
    html: str = ""
    error: str = ""
    error_kind: str = ""
    finish_reason: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Reply(models.Model):
    """The columns of a reply, and its attempts: one that was overtaken changes nothing any more."""

    class ErrorKind(models.TextChoices):
        """Failures that have a way out of their own."""

        BLOCKED = "blocked"  # by the filter in front of the service
        REFUSED = "refused"  # by the service, which would refuse the same again

    # How the model was asked.
    model = models.CharField(max_length=100, blank=True)
    thinking = models.CharField(max_length=10, choices=Effort.choices, blank=True)
    instructions_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)

    # What came of it. Notices are changes of the request that the person should know of.
    reasoning = models.TextField(blank=True)
    thought_seconds = models.FloatField(null=True)
    notices = models.JSONField(default=dict)
    seams = models.JSONField(default=list)
    error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=10, choices=ErrorKind.choices, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    # An attempt ended before the service told its tokens; ours are counted for it.
    usage_is_estimated = models.BooleanField(default=False, db_default=False)

    attempt = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    # The process that makes it, and until when nobody else may, by the database's clock.
    leased_by = models.CharField(max_length=40, blank=True, default="", db_default="")
    leased_until = models.DateTimeField(null=True)
    # Attempts begun by another process than the one before, and those of them whose process died.
    takeovers = models.PositiveSmallIntegerField(default=0, db_default=0)
    deaths = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        pk: uuid.UUID
        objects: ClassVar[Any]
        conversation_id: uuid.UUID
        parent_id: uuid.UUID | None
        position: int
        role: str
        status: str
        text: str
        left_out: bool
        on_path: bool

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def can_retry(self) -> bool:
        ended_badly = self.status in (Status.FAILED, Status.STOPPED)
        return self.role == "assistant" and ended_badly and not self.left_out

    @property
    def can_continue(self) -> bool:
        """It has a text that ends too early."""
        is_cut = self.status == Status.COMPLETE and self.finish_reason == LENGTH
        return bool(self.text and not self.left_out and (self.can_retry or is_cut))

    @property
    def is_refused(self) -> bool:
        """The same would be refused again: a way out is to leave something out."""
        return bool(self.error_kind)

    @property
    def progress(self) -> Progress:
        return Progress(**{name: getattr(self, name) for name in Progress.__slots__})

    def begin(self) -> bool:
        """Takes a queued reply for a new attempt.

        False when it is no longer queued, or was asked to stop before it began.
        """
        self.attempt += 1
        self.status = Status.STREAMING
        self.started_at = timezone.now()
        taken = self._row.filter(
            status=Status.QUEUED, attempt=self.attempt - 1, stop_requested_at=None
        ).update(attempt=self.attempt, status=self.status, started_at=self.started_at)
        return bool(taken)

    def save_progress(self, progress: Progress) -> bool:
        """Saves text and position together; False when this attempt has to end.

        That is so when another attempt took over or somebody asked the reply to stop.
        """
        row = self._of_this_attempt.filter(stop_requested_at=None)
        return bool(row.update(**_values(progress)))

    def finish(self, outcome: Outcome) -> bool:
        """Ends this attempt; False when it had been ended or taken over before."""
        values = _values(outcome.progress) | _values(outcome)
        del values["progress"]
        values |= {
            "html_version": RENDERING_VERSION,
            "finished_at": timezone.now(),
            "first_token_at": self.first_token_at,
        }
        ended = bool(self._of_this_attempt.update(**values))
        for name, value in values.items():
            setattr(self, name, value)
        return ended

    def request_stop(self) -> bool:
        """Asks whoever makes this reply to stop; False when it does not run."""
        return bool(self._row.running().update(stop_requested_at=timezone.now()))

    def close(self, status: str, error: str = "") -> bool:
        """Ends a reply that nobody makes any more, whatever its attempt; keeps what was saved."""
        self.status, self.error, self.finished_at = status, error, timezone.now()
        running = self._row.running()
        return bool(running.update(status=status, error=error, finished_at=self.finished_at))

    @property
    def _row(self) -> "MessageQuerySet":
        row: MessageQuerySet = type(self).objects.filter(pk=self.pk)
        return row

    @property
    def _of_this_attempt(self) -> "MessageQuerySet":
        return self._row.running().filter(attempt=self.attempt)


def _values(record: Progress | Outcome) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__slots__}
