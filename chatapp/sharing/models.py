"""Read-only copies of conversations for everybody who has the link."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.db import models
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.functional import cached_property

from chatapp.accounts.permissions import Permission, with_permission
from chatapp.conversations.models import Conversation
from chatapp.conversations.models.conversation import TITLE_LENGTH
from chatapp.server.columns import JSONField
from chatapp.sharing.content import Content
from chatapp.sharing.tokens import digest_of, token_of

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

MAX_NAME_LENGTH = 80  # characters
DIGEST_LENGTH = 64  # hex characters
HASH_LENGTH = 128


class ShareQuerySet(models.QuerySet["Share"]):
    def of(self, person: "Person") -> Self:
        """Return the person's own shares, also those that have ended or wait in the trash."""
        return self.filter(conversation__owner=person, conversation__deleted_at=None)

    def open(self) -> Self:
        """Return those that strangers may read now."""
        now = timezone.now()
        return self.filter(
            Q(ends_at=None) | Q(ends_at__gt=now),
            # The links of somebody who may not share any more work again once they may.
            with_permission(Permission.SHARE, "conversation__owner__"),
            conversation__trashed_at=None,
            conversation__deleted_at=None,
        )

    def bytes(self) -> int:
        """Return how many bytes their snapshots take."""
        total = self.aggregate(total=Sum("byte_size"))["total"]
        return int(total or 0)


class Share(models.Model):
    """The link to one conversation, and what it shows. Revoking it deletes the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    conversation = models.OneToOneField(
        Conversation, on_delete=models.CASCADE, related_name="share"
    )
    token_digest = models.CharField(max_length=DIGEST_LENGTH, unique=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ends_at = models.DateTimeField(null=True)
    password = models.CharField(max_length=HASH_LENGTH, blank=True)  # its hash; "" for none
    with_images = models.BooleanField(default=True)
    with_thinking = models.BooleanField(default=False)
    with_tool_calls = models.BooleanField(default=False)
    author_name = models.CharField(max_length=MAX_NAME_LENGTH, blank=True)
    views = models.PositiveIntegerField(default=0)

    # About the snapshot, so that a list doesn't read it.
    title = models.CharField(max_length=TITLE_LENGTH)
    taken_at = models.DateTimeField()
    message_count = models.PositiveIntegerField()
    byte_size = models.PositiveIntegerField()

    objects: ClassVar = ShareQuerySet.as_manager()

    if TYPE_CHECKING:
        snapshot: "Snapshot"

    def __str__(self) -> str:
        return self.title

    @cached_property
    def token(self) -> str:
        """Return the token of its address, "" if SECRET_KEY has changed since it was made."""
        return token_of(self.pk, self.token_digest)

    @property
    def has_ended(self) -> bool:
        return self.ends_at is not None and self.ends_at <= timezone.now()

    def make_address(self) -> None:
        """Give a share that isn't stored yet the hash of its token."""
        self.token_digest = digest_of(token_of(self.pk))

    def count_view(self) -> None:
        Share.objects.filter(pk=self.pk).update(views=F("views") + 1)


class Snapshot(models.Model):
    """What a share shows: the messages as they were when it was made or updated."""

    share = models.OneToOneField(
        Share, on_delete=models.CASCADE, primary_key=True, related_name="snapshot"
    )
    # A `Content`. Thinking, tool calls and images are in it whether or not they are shown, so that
    # the choice can change without newer messages.
    stored = JSONField()
    html_version = models.PositiveSmallIntegerField()

    objects: ClassVar = models.Manager()

    def __str__(self) -> str:
        return f"snapshot of {self.share_id}"

    @cached_property
    def content(self) -> Content:
        return Content.of(self.stored)
