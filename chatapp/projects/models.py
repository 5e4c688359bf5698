"""A project, its files, and the people whom its owner lets in."""

import uuid
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from chatapp.conversations.models.attachment import REFUSAL_LENGTH
from chatapp.conversations.models.settings import WithModelSettings
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.server.quick_reverse import url_of

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

NAME_LENGTH = 100  # characters


class ProjectQuerySet(models.QuerySet["Project"]):
    def of(self, person: "Person") -> Self:
        """Return the person's own projects."""
        return self.filter(owner=person).present()

    def readable_by(self, person: "Person") -> Self:
        """Return those that a person may look at: their own and those shared with them."""
        return self.filter(Q(owner=person) | self._shared_with(person)).present()

    def usable_by(self, person: "Person") -> Self:
        """Return those in which a person may chat."""
        return self.filter(Q(owner=person) | self._shared_with(person, can_chat=True)).present()

    def present(self) -> Self:
        """Return those that aren't in the trash."""
        return self.filter(trashed_at=None)

    def in_trash(self) -> Self:
        return self.filter(trashed_at__isnull=False)

    def _shared_with(self, person: "Person", **conditions: object) -> Q:
        # What belongs to somebody who was deleted is gone for everybody, until that is undone. It
        # is asked inside, so that whoever locks the projects doesn't lock their owners.
        members = Member.objects.filter(person=person, project__owner__deleted_at=None)
        return Q(pk__in=members.filter(**conditions).values("project"))


class Project(WithModelSettings):
    """Related conversations, and what they have in common.

    Its settings are those of new conversations in it; an empty `model` leaves the person's usual
    one. Its instructions hold for all its conversations, in their next message too.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="projects"
    )
    name = models.CharField(max_length=NAME_LENGTH)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    # Since then it is only on the page of the trash. Conversations that were moved there with it
    # have the same time.
    trashed_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = ProjectQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["owner", "name"],
                condition=Q(trashed_at=None),
                name="projects_by_name",
            ),
            models.Index(
                fields=["trashed_at"],
                condition=Q(trashed_at__isnull=False),
                name="trashed_projects",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return url_of("project", self.id)

    @property
    def chooser(self) -> "Person":
        return self.owner


class ProjectFile(models.Model):
    """A document or an image that all conversations of a project have."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="files")
    document = models.ForeignKey(
        Document, on_delete=models.PROTECT, null=True, related_name="project_files"
    )
    image = models.ForeignKey(
        Image, on_delete=models.PROTECT, null=True, related_name="project_files"
    )
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    # Why the model service could not use the image, or a scanned page: later requests exclude it.
    refusal = models.CharField(max_length=REFUSAL_LENGTH, blank=True, default="", db_default="")

    link: ClassVar = ""  # what attachments may have

    class Meta:
        # The order in which the model gets them: a new one comes last, so that what the service
        # has cached stays the same.
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(document=None, image__isnull=False)
                | Q(document__isnull=False, image=None),
                name="either_document_or_image",
            ),
            models.UniqueConstraint(
                fields=["project", "document"], name="document_once_per_project"
            ),
            models.UniqueConstraint(fields=["project", "image"], name="image_once_per_project"),
        ]

    def __str__(self) -> str:
        return f"file {self.pk} of {self.project_id}"

    @property
    def kind(self) -> str:
        return "document" if self.document_id else "image"

    @property
    def name(self) -> str:
        return self._file.name

    @property
    def byte_size(self) -> int:
        return self._file.byte_size

    @property
    def url(self) -> str:
        return url_of(self.kind, self._file.pk)

    def refuse(self, why: str) -> None:
        """Store why the model service could not use it, unless it was removed meanwhile."""
        self.refusal = why[:REFUSAL_LENGTH]
        ProjectFile.objects.filter(pk=self.pk).update(refusal=self.refusal)

    @property
    def _file(self) -> Document | Image:
        file = self.document or self.image
        assert file is not None
        return file


class Member(models.Model):
    """Somebody whom the owner of a project lets read it or, with `can_chat`, chat in it.

    Without a row there is no access, and a person's conversations are in no project that they may
    not chat in: who takes a row away takes them out in the same transaction.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="members")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="project_memberships"
    )
    can_chat = models.BooleanField(default=False)
    added_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "project"], name="once_per_project")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.project_id}"
