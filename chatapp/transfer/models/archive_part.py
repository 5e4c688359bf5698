"""An archive as it is stored: a sequence of pieces of a zip, in which images and documents are only
named."""

from typing import ClassVar

from django.db import models

from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.jobs.models import Job


class ArchivePart(models.Model):
    """The bytes of a zip from `offset` on: `content`, then those of the image or the document,
    if there is one.

    `directory` has the lines of the files that end in this part; together they come after all
    parts. What an archive has isn't collected.
    """

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    offset = models.PositiveBigIntegerField()
    content = models.BinaryField(default=b"")
    image = models.ForeignKey(
        Image, on_delete=models.RESTRICT, null=True, related_name="archive_parts"
    )
    document = models.ForeignKey(
        Document, on_delete=models.RESTRICT, null=True, related_name="archive_parts"
    )
    image_size = models.PositiveIntegerField(default=0)  # bytes of the image or the document
    directory = models.BinaryField(default=b"")

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["job", "number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="one_archive_part_per_number")
        ]
        indexes = [models.Index(fields=["job", "offset"], name="archive_part_at_offset")]

    def __str__(self) -> str:
        return f"{self.number} of {self.job_id}"
