"""The bytes of images that are kept in the database, in a table that no list touches."""

from __future__ import annotations

from django.db import models


class ImageData(models.Model):
    """The bytes of one image; there is no row for one whose bytes are in a bucket."""

    image = models.OneToOneField(
        "images.Image", on_delete=models.CASCADE, primary_key=True, related_name="data"
    )
    content = models.BinaryField()
    thumbnail = models.BinaryField(default=b"", db_default=b"")

    def __str__(self) -> str:
        return str(self.image_id)
