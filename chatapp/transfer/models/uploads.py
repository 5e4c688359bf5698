"""Uploaded files as they are stored: in slices, in the database or in the bucket."""

import uuid
from typing import ClassVar

from django.db import models

from chatapp.images.models import KEY_LENGTH
from chatapp.transfer.models.imports import Import

NAME_LENGTH = 200  # characters


class UploadedFile(models.Model):
    """A file that the person chose; they find it again by its name, size and time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    for_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    number = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=NAME_LENGTH)
    size = models.PositiveBigIntegerField()  # bytes
    modified = models.PositiveBigIntegerField()  # milliseconds since 1970, as the browser says

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["for_import", "name", "size", "modified"], name="each_file_uploaded_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class UploadedSlice(models.Model):
    """The bytes of a file from `number` times the size of a slice on."""

    file = models.ForeignKey(UploadedFile, on_delete=models.CASCADE, related_name="slices")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField()  # bytes
    content = models.BinaryField(default=b"")  # empty when it is in the bucket
    bucket_key = models.CharField(max_length=KEY_LENGTH, blank=True, default="")

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["file", "number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="one_slice_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.file_id}"
