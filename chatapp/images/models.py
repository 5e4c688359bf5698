"""Images that belong to a person. `conversations.access` decides who may see one."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import django.db
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from . import quota, store
from .formats import Format
from .image_data import ImageData
from .processing import MAX_NAME_LENGTH, PreparedImage
from .quota import Usage
from .shown_image import ShownImage
from .signals import image_described

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

__all__ = ["Image", "ImageData"]

MEGABYTE = 1024 * 1024
ALT_LENGTH = 500  # characters
KEY_LENGTH = 200
REMARKS_LENGTH = 100
UNSENT = timedelta(hours=24)  # how long an upload waits in a composer
IN_FLIGHT = timedelta(hours=1)  # a message that attaches it is on its way, or is corrected


class ImageManager(models.Manager["Image"]):
    def store(self, owner: AbstractBaseUser, prepared: PreparedImage) -> Image:
        """Store an image, or return the person's row if it is already stored.

        An image that is already stored keeps its first name and takes no more space; what was lost
        of its file is that of this upload. If the same image arrives twice at once, the second one
        waits at the unique constraint and then finds the first. Raises QuotaExceeded, and
        StoreUnavailable when the bucket doesn't answer.
        """
        same = self.filter(owner_id=owner.pk, sha256=prepared.sha256)
        if same.update(**_facts_of_upload(prepared)) and (image := same.first()):
            return image
        size = len(prepared.content) + len(prepared.thumbnail)
        quota.check(size, self.usage(owner), self.total_usage())
        key = ""
        if store.goes_to_bucket():
            key = store.put(owner.pk, prepared.sha256, prepared.content, prepared.thumbnail)
        try:
            image = self._insert(owner, prepared, key)
        except django.db.Error:
            if key:
                store.discard(key)
            raise
        if key and image.bucket_key != key:
            store.discard(key)
        return image

    def store_parts(
        self, owner: AbstractBaseUser, prepared: Iterable[PreparedImage]
    ) -> list[ShownImage]:
        """Store the parts of one file, mostly one. Raises what `store` raises."""
        return [
            ShownImage(self.store(owner, each), each.part, each.part_count) for each in prepared
        ]

    def hold(self, owner: AbstractBaseUser, ids: Collection[uuid.UUID | str]) -> list[Image]:
        """Return the person's own images among `ids`, in no order, for a message to attach.

        From now on they can't be collected before the message is stored. Raises ValidationError
        for an invalid id.
        """
        if not ids:
            return []
        own = self.filter(owner_id=owner.pk, pk__in=ids)
        own.update(keep_until=timezone.now() + IN_FLIGHT)
        return list(own)

    def unreferenced(self, now: datetime) -> models.QuerySet[Image]:
        """Return images that no message, draft, tool call, project, archive or pending upload
        uses."""
        unused = self.filter(attachments=None, tool_call_images=None, archive_parts=None)
        return unused.filter(project_files=None, keep_until__lt=now)

    def usage(self, person: AbstractBaseUser) -> Usage:
        used = self.filter(owner_id=person.pk).aggregate(used=models.Sum("byte_size"))["used"]
        return Usage(used or 0, settings.IMAGE_QUOTA_PERSON_MB * MEGABYTE)

    def total_usage(self) -> Usage:
        """Return everybody's usage, by one pass over an index: 4 to 6 ms for 100,000 images."""
        used = self.aggregate(used=models.Sum("byte_size"))["used"]
        return Usage(used or 0, settings.IMAGE_QUOTA_TOTAL_MB * MEGABYTE)

    def _insert(self, owner: AbstractBaseUser, prepared: PreparedImage, key: str) -> Image:
        with transaction.atomic():
            image, created = self.get_or_create(
                owner_id=owner.pk,
                sha256=prepared.sha256,
                defaults={
                    "content_type": prepared.content_type,
                    "width": prepared.width,
                    "height": prepared.height,
                    "thumbnail_type": prepared.thumbnail_type,
                    "byte_size": len(prepared.content) + len(prepared.thumbnail),
                    "name": prepared.name,
                    "bucket_key": key,
                    **_facts_of_upload(prepared),
                },
            )
            if created and not key:
                ImageData.objects.create(
                    image=image, content=prepared.content, thumbnail=prepared.thumbnail
                )
        return image


def _facts_of_upload(prepared: PreparedImage) -> dict[str, Any]:
    """Return the values that each upload of the same image sets anew."""
    return {
        "animated": prepared.animated,
        "remarks": " ".join(prepared.remarks),
        "keep_until": timezone.now() + UNSENT,
    }


class Image(models.Model):
    """Describe an image. Its bytes are stored separately (`store`), so lists stay small.

    The defaults in the database serve the previous release, which still runs during a deploy.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="images"
    )
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    thumbnail_type = models.CharField(max_length=32, default="", db_default="")
    animated = models.BooleanField(default=False, db_default=False)
    # Values of `Remark`, separated by spaces: what else is lost of the file.
    remarks = models.CharField(max_length=REMARKS_LENGTH, default="", db_default="", blank=True)
    byte_size = models.PositiveIntegerField()  # content and thumbnail
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    alt = models.CharField(max_length=ALT_LENGTH, blank=True, default="", db_default="")
    bucket_key = models.CharField(max_length=KEY_LENGTH, blank=True, default="", db_default="")
    # Until then the image isn't collected, even if no message shows it.
    keep_until = models.DateTimeField(default=timezone.now, db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageManager()

    class Meta:
        constraints = [
            # The owner comes first, so the index also serves "the images of this person".
            models.UniqueConstraint(fields=["owner", "sha256"], name="images_once_per_owner"),
            models.UniqueConstraint(
                fields=["bucket_key"],
                condition=~models.Q(bucket_key=""),
                name="images_one_row_per_key",
            ),
        ]
        indexes = [
            # The sum for everybody is read from the index alone.
            models.Index(fields=["byte_size"], name="images_byte_size"),
        ]

    def __str__(self) -> str:
        return self.name

    @transaction.atomic
    def describe(self, text: str) -> None:
        """Set the text for screen readers. If it is empty, they get the name of the file."""
        self.alt = " ".join(text.split())[:ALT_LENGTH]
        self.save(update_fields=["alt"])
        image_described.send(Image, image=self)

    @property
    def alternative(self) -> str:
        return self.alt or self.name

    @property
    def has_transparency(self) -> bool:
        """Return whether something behind it shows: opaque images are stored as JPEG."""
        return self.content_type != Format.JPEG

    @property
    def stored_in(self) -> str:
        return "bucket" if self.bucket_key else "database"

    @property
    def content(self) -> bytes:
        """Return the encoded image; see `store.read`."""
        return store.read(self)

    @property
    def thumbnail(self) -> bytes:
        """Return the small image of type `thumbnail_media_type`; see `store.read_thumbnail`."""
        return store.read_thumbnail(self)

    @property
    def thumbnail_media_type(self) -> str:
        return self.thumbnail_type or self.content_type

    def as_data_url(self) -> str:
        """Return the image as a `data:` URL, for a model service that can't reach this server."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.content).decode('ascii')}"
