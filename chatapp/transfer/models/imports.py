"""An import: files that arrive slice by slice, the job that reads them, and its report."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone

from chatapp.conversations.models import Conversation
from chatapp.jobs.models import Job
from chatapp.server.columns import JSONField

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class ImportQuerySet(models.QuerySet["Import"]):
    def of(self, owner: "AbstractBaseUser") -> Self:
        """Return the person's own imports, the newest first: views use no other query."""
        return self.filter(owner_id=owner.pk).order_by("-created_at")

    def unfinished(self) -> Self:
        return self.filter(ended_at=None)

    def ended(self) -> Self:
        return self.exclude(ended_at=None)


class Import(models.Model):
    """Files are uploaded while there is no job; the job ends it.

    Its row stays with the report, so that what it added can be removed later.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    job = models.OneToOneField(Job, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True)
    is_cancelled = models.BooleanField(default=False)
    error = models.TextField(blank=True, default="")  # a sentence for the person
    report = JSONField(default=dict)  # as `importing.report` counts
    # Since then the conversations that it added are in the trash.
    removed_at = models.DateTimeField(null=True)

    objects: ClassVar = ImportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner"],
                condition=models.Q(ended_at=None),
                name="one_unfinished_import",
            )
        ]
        indexes = [models.Index(fields=["owner", "-created_at"], name="imports_of_person")]

    def __str__(self) -> str:
        return f"import of {self.owner_id}"


class ImportedConversation(models.Model):
    """A conversation that an import added, or to which it added messages."""

    from_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="conversations")
    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    is_new = models.BooleanField()
    # All messages that it had afterwards: another number means that it was continued since.
    message_count = models.PositiveIntegerField()

    objects: ClassVar = models.Manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["from_import", "conversation"], name="imported_once_by_an_import"
            )
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} by {self.from_import_id}"
