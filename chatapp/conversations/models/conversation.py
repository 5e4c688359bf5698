"""A conversation: a tree of messages of which one branch is shown."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Value
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations.models.settings import WithModelSettings
from chatapp.conversations.signals import conversation_titled
from chatapp.server.columns import JSONField
from chatapp.server.quick_reverse import url_of

if TYPE_CHECKING:
    from chatapp.accounts.models import Person
    from chatapp.conversations.models.message import Message

TITLE_LENGTH = 120  # characters
PRESENT = models.Q(trashed_at=None, deleted_at=None)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    def of(self, person: "Person") -> Self:
        """Return the person's own conversations: the only door to conversations."""
        return self.filter(owner=person).present()

    def present(self) -> Self:
        """Return those that are neither in the trash nor deleted."""
        return self.filter(trashed_at=None, deleted_at=None)

    def listed(self) -> Self:
        """Return those in the sidebar by date: neither pinned nor in a project."""
        return self.present().filter(project=None, pinned_at=None, archived_at=None)

    def pinned(self) -> Self:
        """Return those at the top of the sidebar, the last pinned first."""
        pinned = self.present().filter(pinned_at__isnull=False, archived_at=None)
        return pinned.order_by("-pinned_at")

    def archived(self) -> Self:
        return self.present().filter(archived_at__isnull=False)

    def in_trash(self) -> Self:
        """Return those that may be restored, the last trashed first."""
        # SQLite takes the index for "IS NOT NULL", but not for the "NOT … IS NULL" of exclude().
        trashed = self.filter(trashed_at__isnull=False, deleted_at=None)
        return trashed.order_by("-trashed_at", "-id")

    def deleted(self) -> Self:
        """Return those whose rows are still to be removed, in the order of their deletion."""
        return self.filter(deleted_at__lte=timezone.now()).order_by("deleted_at")

    def newest_first(self) -> Self:
        return self.order_by("-active_at", "-id")


class Conversation(WithModelSettings):
    class TitledBy(models.TextChoices):
        NOBODY = "nobody"
        MODEL = "model"
        PERSON = "person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="conversations"
    )
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    titled_by = models.CharField(max_length=10, choices=TitledBy.choices, default=TitledBy.NOBODY)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    active_at = models.DateTimeField(default=timezone.now)
    # The message in another conversation up to which this one is a copy; it may be gone since.
    branched_from = models.UUIDField(null=True, editable=False)
    # One of their own or one that is shared with them; never one in the trash, unless this
    # conversation was trashed with it.
    project = models.ForeignKey(
        "projects.Project",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="conversations",
        db_index=False,
    )
    # The project that it was in when that went to the trash and left it here.
    former_project = models.UUIDField(null=True, editable=False)
    pinned_at = models.DateTimeField(null=True, editable=False)
    archived_at = models.DateTimeField(null=True, editable=False)
    # Nobody has seen the end of its last reply, which may still run.
    is_unread = models.BooleanField(default=False, db_default=False, editable=False)
    # Since then it is only on the page of the trash, from where it can be restored.
    trashed_at = models.DateTimeField(null=True, editable=False)
    # Since then nobody sees it any more; `removal` deletes its rows. In the future: an unfinished
    # copy, see `branching_off`.
    deleted_at = models.DateTimeField(null=True, editable=False)

    # What the model is sent of its person's own instructions, as it was when the conversation
    # began: a later change would make the service read the whole conversation anew.
    personal_instructions = models.TextField(blank=True, db_default="", editable=False)
    # Names of tools that need no further approval in this conversation.
    allowed_tools = JSONField(default=list, db_default=Value([], JSONField()))

    # Set on an instance by code that has looked: whether a reply runs, days left in the trash.
    is_running: bool | None = None
    days_left: int | None = None

    objects: ClassVar = ConversationQuerySet.as_manager()

    class Meta:
        indexes = [
            # The sidebar reads nothing else: on Postgres it never touches the table.
            models.Index(fields=["owner", "-active_at", "-id"], include=["title"], name="sidebar"),
            models.Index(
                fields=["deleted_at"],
                condition=models.Q(deleted_at__isnull=False),
                name="deleted_conversations",
            ),
            # Each list costs the same however long the others are.
            models.Index(
                fields=["owner", "-active_at", "-id"],
                condition=PRESENT & models.Q(project=None, pinned_at=None, archived_at=None),
                name="conversations_by_date",
            ),
            models.Index(
                fields=["project", "owner", "-active_at", "-id"],
                condition=models.Q(project__isnull=False),
                name="project_conversations",
            ),
            models.Index(
                fields=["former_project"],
                condition=models.Q(former_project__isnull=False),
                name="former_conversations",
            ),
            models.Index(
                fields=["owner", "-pinned_at"],
                condition=PRESENT & models.Q(pinned_at__isnull=False, archived_at=None),
                name="pinned_conversations",
            ),
            models.Index(
                fields=["owner", "-active_at", "-id"],
                condition=PRESENT & models.Q(archived_at__isnull=False),
                name="archived_conversations",
            ),
            models.Index(
                fields=["owner", "-trashed_at", "-id"],
                condition=models.Q(trashed_at__isnull=False, deleted_at=None),
                name="trashed_conversations",
            ),
        ]

    def __str__(self) -> str:
        return self.display_title

    def get_absolute_url(self) -> str:
        return url_of("conversation", self.id)

    @property
    def chooser(self) -> "Person":
        return self.owner

    @property
    def is_present(self) -> bool:
        """Tell whether it is neither in the trash nor deleted."""
        return not (self.trashed_at or self.deleted_at)

    @property
    def display_title(self) -> str:
        return self.title or _("New chat")

    @property
    def branch(self) -> "models.QuerySet[Message]":
        """Return the messages of the branch that is shown, oldest first."""
        return self.messages.filter(on_branch=True).order_by("position")

    def expect_reply(self) -> None:
        """Count as unread from the end of the reply that begins until somebody sees it."""
        Conversation.objects.filter(pk=self.pk, is_unread=False).update(is_unread=True)

    @transaction.atomic
    def rename(self, title: str) -> None:
        """Set the title that the person typed; it takes precedence over any by the model.

        A conversation that was deleted meanwhile stays as it is.
        """
        self.title = " ".join(title.split())[:TITLE_LENGTH]
        self.titled_by = self.TitledBy.PERSON
        rows = Conversation.objects.present().filter(pk=self.pk)
        if rows.update(title=self.title, titled_by=self.titled_by):
            conversation_titled.send(Conversation, conversation=self)

    @transaction.atomic(savepoint=False)
    def suggest_title(self, title: str) -> bool:
        """Set a title by the model unless the person has typed one or deleted the conversation;
        return whether it was set."""
        changed = (
            Conversation.objects.present()
            .filter(pk=self.pk)
            .exclude(titled_by=self.TitledBy.PERSON)
            .update(title=title[:TITLE_LENGTH], titled_by=self.TitledBy.MODEL)
        )
        if changed:
            self.title = title[:TITLE_LENGTH]
            conversation_titled.send(Conversation, conversation=self)
        return bool(changed)
