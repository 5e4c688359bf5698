"""What a message has and can do as a reply of a model."""

from typing import TYPE_CHECKING, Any

from django.db import models

from chatapp.conversations.models.lease import Leased
from chatapp.conversations.models.progress import RUNNING, Progress, Spent, Status, values_of
from chatapp.conversations.models.settings import DIGEST_LENGTH, Effort
from chatapp.server.columns import JSONField

if TYPE_CHECKING:
    import uuid

LENGTH = "length"  # the finish reason of a reply that reached its token limit


class Reply(Leased):
    """The columns of a reply, and what its end allows."""

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
    notices = JSONField(default=dict)
    seams = JSONField(default=list)
    error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=10, choices=ErrorKind.choices, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    # An attempt ended before the service told its tokens; ours are counted for it.
    usage_is_estimated = models.BooleanField(default=False, db_default=False)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        conversation_id: uuid.UUID
        parent_id: uuid.UUID | None
        position: int
        role: str
        left_out: bool
        on_path: bool

        @property
        def steps_shown(self) -> list[Any]: ...

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def is_unfinished(self) -> bool:
        """It runs, or waits for the person's word."""
        return self.is_running or self.status == Status.WAITING

    @property
    def can_retry(self) -> bool:
        ended_badly = self.status in (Status.FAILED, Status.STOPPED)
        return self.role == "assistant" and ended_badly and not self.left_out

    @property
    def can_continue(self) -> bool:
        """It has a text that ends too early, or calls that need not be made again."""
        is_cut = self.status == Status.COMPLETE and self.finish_reason == LENGTH
        ended_early = not self.left_out and (self.can_retry or is_cut)
        return ended_early and bool(self.text or self.steps_shown)

    @property
    def is_refused(self) -> bool:
        """The same would be refused again: a way out is to leave something out."""
        return bool(self.error_kind)

    @property
    def progress(self) -> Progress:
        return Progress(**{name: getattr(self, name) for name in Progress.__slots__})

    @property
    def spent(self) -> Spent:
        return Spent(self.prompt_tokens, self.completion_tokens, self.usage_is_estimated)

    @spent.setter
    def spent(self, spent: Spent) -> None:
        self._set(values_of(spent))
