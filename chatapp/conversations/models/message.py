"""One message: what a person wrote, or a reply with everything known about how it was made."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.display import MessageDisplay
from chatapp.conversations.models.lease import GRACE, LEASE
from chatapp.conversations.models.progress import RUNNING, Status
from chatapp.conversations.models.remedies import Remedies
from chatapp.conversations.models.settings import ModelSettings
from chatapp.server import process
from chatapp.server.columns import JSONField

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from chatapp.accounts.models import Person


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, person: "Person") -> Self:
        """The only door to messages: what is not yours does not exist."""
        return self.filter(conversation__owner=person)

    def running(self) -> Self:
        return self.filter(role=Message.Role.ASSISTANT, status__in=RUNNING)

    def lost(self) -> Self:
        """Replies that nobody makes: their owner died or let them go, or they never began."""
        return self.running().filter(Q(leased_until=None) | Q(leased_until__lt=Now()))

    def renew_leases(self, replies: "Collection[UUID]") -> int:
        """Those that this process holds of these replies last their full time again."""
        mine = self.running().filter(pk__in=replies, leased_by=process.NAME)
        return mine.update(leased_until=Now() + LEASE)


class Message(MessageDisplay, Remedies):
    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"

    Status = Status

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
    # The model doesn't get to read it: a filter in front of the service refused its words.
    left_out = models.BooleanField(default=False)

    role = models.CharField(max_length=10, choices=Role.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    text = models.TextField(blank=True)
    # The finished reply's safe HTML, so that opening a long conversation renders nothing.
    html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # Of a person's message. The id is made in the page: one id is one message.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    client_id = models.UUIDField(null=True)
    # Settings of the conversation that changed since the reply before it, with new values.
    changes = JSONField(default=dict)

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
            ),
            models.Index(
                fields=["status"], condition=models.Q(status="waiting"), name="waiting_replies"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.position} of {self.conversation_id}"

    @classmethod
    def queued_reply(
        cls, conversation: Conversation, parent: "Message", wanted: ModelSettings
    ) -> "Message":
        """An empty reply to a message, not saved yet."""
        return cls(
            conversation=conversation,
            parent=parent,
            position=parent.position + 1,
            role=cls.Role.ASSISTANT,
            status=cls.Status.QUEUED,
            leased_until=timezone.now() + GRACE,
            model=wanted.model,
            thinking=wanted.thinking,
            instructions_digest=wanted.instructions_digest,
        )

    def changes_for(self, chosen: ModelSettings) -> dict[str, str]:
        """What `chosen` asks differently from how this reply was made."""
        before = {"model": self.model, "instructions": self.instructions_digest}
        now = {"model": chosen.model, "instructions": chosen.instructions_digest}
        return {name: now[name] for name in now if now[name] != before[name]}

    def note_changes(self, chosen: ModelSettings) -> None:
        """Says anew what changed since the reply before this message."""
        self.changes = self.parent.changes_for(chosen) if self.parent else {}
        self.save(update_fields=["changes"])
