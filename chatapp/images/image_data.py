"""The bytes of images in the database, in a table of their own, so that lists never read them."""

from __future__ import annotations

from django.db import models


class ImageData(models.Model):
    """Hold the bytes of one image. An image in a bucket has no row here."""

    image = models.OneToOneField(
        "images.Image", on_delete=models.CASCADE, primary_key=True, related_name="data"
    )
    content = models.BinaryField()
    thumbnail = models.BinaryField(default=b"", db_default=b"")

    def __str__(self) -> str:
        return str(self.image_id)
