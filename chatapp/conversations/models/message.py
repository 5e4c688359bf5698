"""One message: what a person wrote, or a reply with everything known about how it was made.

All columns are here. Verbs of a reply are in `lease` and `reply_actions`, what templates show in
`display`; the class lists them all, so that it reads as a table of contents.
"""

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from chatapp.conversations.models import (
    activities,
    branches,
    display,
    lease,
    regeneration,
    reply_actions,
    setting_changes,
    version_deletion,
    versions,
)
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.live_status import REMOTE
from chatapp.conversations.models.message_indexes import INDEXES
from chatapp.conversations.models.message_queries import MessageQuerySet
from chatapp.conversations.models.progress import RUNNING, Progress, Status, TokenUsage, values_of
from chatapp.conversations.models.settings import DIGEST_LENGTH, Effort, ModelSettings, Variation
from chatapp.server import process_name
from chatapp.server.columns import JSONField

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django_stubs_ext.db.models.manager import RelatedManager

    from chatapp.conversations.models.attachment import Attachment
    from chatapp.conversations.models.tool_call import ToolCall
    from chatapp.conversations.models.versions import Versions
    from chatapp.rendering.page_links import Source


class Message(models.Model):
    class Role(models.TextChoices):
        USER = "user"
        ASSISTANT = "assistant"

    Status = Status

    class ErrorKind(models.TextChoices):
        """Failures that a person can do something about."""

        BLOCKED = "blocked"  # by the filter in front of the service
        REFUSED = "refused"  # by the service, which would refuse the same again

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.ForeignKey(
        Conversation, on_delete=models.CASCADE, related_name="messages"
    )
    parent = models.ForeignKey(
        "self", on_delete=models.CASCADE, related_name="children", null=True, blank=True
    )
    # Distance from the first message. With on_branch it makes a page of a branch one index scan.
    position = models.PositiveIntegerField()
    on_branch = models.BooleanField(default=True)
    # When it was last chosen among the versions of a message; None while there was only one.
    shown_at = models.DateTimeField(null=True)
    # A reply ended behind this version while another one was shown.
    has_news = models.BooleanField(default=False, db_default=False)
    # Deleted with a version, at one moment for the whole of it; nobody finds it from then on.
    deleted_at = models.DateTimeField(null=True, editable=False)
    # The model doesn't read it, because the service or a filter in front of it refused it.
    excluded = models.BooleanField(default=False)

    role = models.CharField(max_length=10, choices=Role.choices)
    status = models.CharField(max_length=10, choices=Status.choices)
    text = models.TextField(blank=True)
    # What the model reads of it: the estimated tokens without images, and whether it has neither
    # images nor tool calls. None until it has ended, and in rows of older releases.
    estimated_tokens = models.PositiveIntegerField(null=True)
    is_plain = models.BooleanField(null=True)
    # The finished reply's safe HTML, so that opening a long conversation renders nothing.
    html = models.TextField(blank=True)
    html_version = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # The id is made in the page: one id is one message of a person, or one regenerated reply.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="+"
    )
    client_id = models.UUIDField(null=True)
    # Settings of the conversation that changed since the reply before it, with new values.
    changes = JSONField(default=dict)

    # A reply: how the model was asked.
    model = models.CharField(max_length=100, blank=True)
    thinking = models.CharField(max_length=10, choices=Effort.choices, blank=True)
    instructions_digest = models.CharField(max_length=DIGEST_LENGTH, blank=True)
    variation = models.CharField(
        max_length=10, choices=Variation.choices, blank=True, db_default=""
    )

    # A reply: what the model answered. Notices are changes of the request that matter to people.
    reasoning = models.TextField(blank=True)
    thought_seconds = models.FloatField(null=True)
    thoughts = JSONField(null=True)  # of each turn: number, beginning in the reasoning, seconds
    notices = JSONField(default=dict)
    resume_positions = JSONField(default=list)
    error = models.TextField(blank=True)
    error_kind = models.CharField(max_length=10, choices=ErrorKind.choices, blank=True)
    finish_reason = models.CharField(max_length=20, blank=True)
    prompt_tokens = models.PositiveIntegerField(null=True)
    completion_tokens = models.PositiveIntegerField(null=True)
    # An attempt ended before the service reported its tokens, so they are estimated.
    usage_is_estimated = models.BooleanField(default=False, db_default=False)

    # A reply: who makes it. A lease has an owner and an end, is released ("", None), or was never
    # taken ("", soon). Crashes count owners whose lease ran out, takeovers released ones too.
    attempt = models.PositiveIntegerField(default=0)
    leased_by = models.CharField(
        max_length=process_name.MAX_CHARACTERS, blank=True, default="", db_default=""
    )
    leased_until = models.DateTimeField(null=True)
    takeovers = models.PositiveSmallIntegerField(default=0, db_default=0)
    crashes = models.PositiveSmallIntegerField(default=0, db_default=0)
    sequence = models.PositiveIntegerField(default=0)
    stop_requested_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    first_token_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    objects: ClassVar = MessageQuerySet.as_manager()

    # Set on an instance by code with newer data than the row.
    live_status = REMOTE
    known_tool_calls: "list[ToolCall] | None" = None
    known_versions: "Versions | None" = None
    known_cost = ""
    known_sources: "list[Source] | None" = None

    if TYPE_CHECKING:
        attachments: RelatedManager[Attachment]
        tool_calls: Any  # a ToolCallManager

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_send"),
            # Two concurrent sends can't both extend the same branch.
            models.UniqueConstraint(
                fields=["conversation", "position"],
                condition=models.Q(on_branch=True),
                name="one_message_per_position",
            ),
        ]
        indexes = INDEXES

    def __str__(self) -> str:
        return f"{self.role} {self.position} of {self.conversation_id}"

    @classmethod
    def queued_reply(
        cls, conversation: Conversation, parent: "Message", wanted: ModelSettings
    ) -> "Message":
        """Return an empty reply to a message, not saved yet."""
        return cls(
            conversation=conversation,
            parent=parent,
            position=parent.position + 1,
            role=cls.Role.ASSISTANT,
            status=cls.Status.QUEUED,
            leased_until=timezone.now() + lease.GRACE,
            model=wanted.model,
            thinking=wanted.thinking,
            instructions_digest=wanted.instructions_digest,
        )

    begin = lease.begin
    begin_unsaved = lease.begin_unsaved
    take_over = lease.take_over
    renew = lease.renew
    release = lease.release
    await_approval = lease.await_approval
    finish = lease.finish
    request_stop = lease.request_stop
    close = lease.close

    retry = reply_actions.retry
    resume = reply_actions.resume
    exclude = reply_actions.exclude
    can_retry = property(reply_actions.can_retry)
    can_continue = property(reply_actions.can_continue)
    can_exclude = property(reply_actions.can_exclude)
    regenerate = regeneration.regenerate
    show = branches.show
    delete_version = version_deletion.delete
    restore_version = version_deletion.restore
    versions = property(versions.versions)
    note_changes = setting_changes.note_changes
    changes_for = setting_changes.changes_for

    shown_html = property(display.shown_html)
    shown_attachments = property(display.shown_attachments)
    shown_documents = property(display.shown_documents)
    shown_status = property(display.shown_status)
    shown_tool_calls = property(display.shown_tool_calls)
    activities = property(activities.activities)
    model_label = property(display.model_label)
    change_lines = property(display.change_lines)
    notice_lines = property(display.notice_lines)
    duration_seconds = property(display.duration_seconds)
    difference_lines = property(display.difference_lines)
    urls = property(display.urls)

    @property
    def is_running(self) -> bool:
        return self.status in RUNNING

    @property
    def is_unfinished(self) -> bool:
        return self.is_running or self.status == Status.WAITING

    @property
    def progress(self) -> Progress:
        return Progress(**{name: getattr(self, name) for name in Progress.__slots__})

    @property
    def token_usage(self) -> TokenUsage:
        return TokenUsage(self.prompt_tokens, self.completion_tokens, self.usage_is_estimated)

    @token_usage.setter
    def token_usage(self, token_usage: TokenUsage) -> None:
        self.assign(values_of(token_usage))

    def assign(self, values: "Mapping[str, Any]") -> None:
        """Set attributes to what the row holds already."""
        for name, value in values.items():
            setattr(self, name, value)
