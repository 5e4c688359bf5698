"""Pictures owned by a person. Who else may see one is decided where it is attached."""

from __future__ import annotations

import base64
import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction

from .processing import MAX_NAME_LENGTH, PreparedImage

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser


class ImageManager(models.Manager["Image"]):
    def keep(self, owner: AbstractBaseUser, prepared: PreparedImage) -> Image:
        """Store a picture once per person; sent again, it is the row that is already there.

        The first name given stays. Safe when the same picture arrives twice at once: the second one
        waits at the unique constraint, then finds the first.
        """
        with transaction.atomic():
            image, created = self.get_or_create(
                owner_id=owner.pk,
                sha256=prepared.sha256,
                defaults={
                    "content_type": prepared.content_type,
                    "width": prepared.width,
                    "height": prepared.height,
                    "byte_size": len(prepared.content),
                    "name": prepared.name,
                },
            )
            if created:
                ImageData.objects.create(image=image, content=prepared.content)
        return image


class Image(models.Model):
    """What is known about a picture; its bytes are in ImageData, so that lists stay light."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="images"
    )
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=32)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    byte_size = models.PositiveIntegerField()
    name = models.CharField(max_length=MAX_NAME_LENGTH)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageManager()

    class Meta:
        constraints = [
            # Named by owner first: it also serves "the pictures of this person".
            models.UniqueConstraint(fields=["owner", "sha256"], name="images_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def content(self) -> bytes:
        """The encoded picture; one query, up to 3.5 MB."""
        return bytes(self.data.content)

    def as_data_url(self) -> str:
        """The picture as a `data:` URL, for a model service that cannot reach this server."""
        return f"data:{self.content_type};base64,{base64.b64encode(self.content).decode('ascii')}"


class ImageData(models.Model):
    """The bytes of one picture."""

    image = models.OneToOneField(
        Image, on_delete=models.CASCADE, primary_key=True, related_name="data"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.image_id)
