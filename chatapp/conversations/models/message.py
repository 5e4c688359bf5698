"""One message: what a person wrote, or a reply with everything known about how it was made."""

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.display import MessageDisplay
from chatapp.rendering import VERSION as RENDERING_VERSION

if TYPE_CHECKING:
    from chatapp.accounts.models import Person


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one attempt at a reply ended. `html` is the safe rendering of `text`."""

    status: str
    text: str
    html: str = ""
    reasoning: str = ""
    sequence: int = 0
    error: str = ""
    finish_reason: str = ""
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, person: "Person") -> Self:
        """The only door to messages: what is not yours does not exist."""
        return self.filter(conversation__owner=person)

    def running(self) -> Self:
        return self.filter(role=Message.Role.ASSISTANT, status__in=Message.RUNNING)

    def fail_abandoned(self, error: str) -> int:
        """Ends replies that a dead process left behind; keeps their text."""
        return self.running().update(
            status=Message.Status.FAILED, error=error, finished_at=timezone.now()
        )


class Message(MessageDisplay, models.Model):
    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"

    class Status(models.TextChoices):
        QUEUED = "queued"
        STREAMING = "streaming"
        COMPLETE = "complete"
        STOPPED = "stopped"
        FAILED = "failed"

    RUNNING = (Status.QUEUED, Status.STREAMING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="children", null=True, blank=True
    )
    # Steps from the first message. With on_path it makes one page of a long path one index scan.
    position = models.PositiveIntegerField()
    on_path = models.BooleanField(default=True)

    role = models.CharField(max_length=10, choices=Role.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    text = models.TextField(blank=True)
    # The finished reply's safe HTML, so that opening a long conversation renders nothing.
    html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(default=0)

    # Of a person's message. The id is made in the page: one id is one message.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    client_id = models.UUIDField(null=True)

    # Of a reply.
    model = models.CharField(max_length=100, blank=True)
    reasoning = models.TextField(blank=True)
    error = models.TextField(blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    attempt = models.PositiveIntegerField(default=0)
    sequence = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_send"),
            # Two sends that race can't both extend the same path.
            models.UniqueConstraint(
                fields=["conversation", "position"],
                condition=models.Q(on_path=True),
                name="one_message_per_place",
            ),
        ]
        indexes = [
            models.Index(
                fields=["status"],
                condition=models.Q(status__in=["queued", "streaming"]),
                name="running_replies",
            )
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.position} of {self.conversation_id}"

    @property
    def is_running(self) -> bool:
        return self.status in self.RUNNING

    @property
    def can_retry(self) -> bool:
        return self.role == self.Role.ASSISTANT and self.status in (
            self.Status.FAILED,
            self.Status.STOPPED,
        )

    def begin(self) -> bool:
        """Takes a queued reply for a new attempt.

        False when it is no longer queued, or was asked to stop before it began.
        """
        self.attempt += 1
        self.status = self.Status.STREAMING
        self.started_at = timezone.now()
        taken = Message.objects.filter(
            pk=self.pk,
            status=self.Status.QUEUED,
            attempt=self.attempt - 1,
            stop_requested_at=None,
        ).update(attempt=self.attempt, status=self.status, started_at=self.started_at)
        return bool(taken)

    def save_progress(self, text: str, reasoning: str, sequence: int) -> bool:
        """Saves text and position together; False when this attempt has to end.

        That is so when another attempt took over or somebody asked the reply to stop.
        """
        return bool(
            self._of_this_attempt()
            .filter(stop_requested_at=None)
            .update(text=text, reasoning=reasoning, sequence=sequence)
        )

    def finish(self, outcome: Outcome) -> bool:
        """Ends this attempt; False when it had been ended or taken over before."""
        for field in Outcome.__slots__:
            setattr(self, field, getattr(outcome, field))
        self.html_version = RENDERING_VERSION
        self.finished_at = timezone.now()
        fields = [*Outcome.__slots__, "html_version", "finished_at", "first_token_at"]
        values = {field: getattr(self, field) for field in fields}
        return bool(self._of_this_attempt().update(**values))

    def request_stop(self) -> bool:
        """Asks whoever makes this reply to stop; False when it does not run."""
        return bool(
            Message.objects.running().filter(pk=self.pk).update(stop_requested_at=timezone.now())
        )

    def close(self, status: str, error: str = "") -> bool:
        """Ends a reply that nobody makes any more, whatever its attempt; keeps what was saved."""
        self.status, self.error, self.finished_at = status, error, timezone.now()
        return bool(
            Message.objects.running()
            .filter(pk=self.pk)
            .update(status=status, error=error, finished_at=self.finished_at)
        )

    @transaction.atomic
    def retry(self) -> "Message":
        """Puts a new empty reply in the place of this one, when it ends the path.

        Asked twice, gives the same new one. A reply that the conversation has gone on from stays:
        a new one would take everything after it off the screen.
        """
        conversation = Conversation.objects.select_for_update().get(pk=self.conversation_id)
        last = conversation.messages.filter(on_path=True).order_by("-position")[0]
        if last.pk != self.pk or not self.can_retry:
            return last
        Message.objects.filter(pk=self.pk).update(on_path=False)
        return Message.objects.create(
            conversation=conversation,
            parent_id=self.parent_id,
            position=self.position,
            role=self.Role.ASSISTANT,
            status=self.Status.QUEUED,
            model=conversation.offered_model,
        )

    def _of_this_attempt(self) -> MessageQuerySet:
        running = Message.objects.running()
        return running.filter(pk=self.pk, attempt=self.attempt)
