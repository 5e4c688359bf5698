"""A picture that stands beside a message: one of ours, or a link to one elsewhere."""

from typing import ClassVar

from django.db import models
from django.urls import reverse

from chatapp.conversations.models.message import Message

LINK_LENGTH = 2_000  # characters
REFUSAL_LENGTH = 500


class Attachment(models.Model):
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveSmallIntegerField()
    image = models.ForeignKey(
        "images.Image", on_delete=models.PROTECT, null=True, related_name="attachments"
    )
    link = models.URLField(max_length=LINK_LENGTH, blank=True)
    # Why the model service could not use it: from then on it is left out of requests.
    refusal = models.CharField(max_length=REFUSAL_LENGTH, blank=True, default="", db_default="")

    objects: ClassVar = models.Manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="one_picture_per_place"),
            models.CheckConstraint(
                condition=models.Q(image=None, link__gt="")
                | models.Q(image__isnull=False, link=""),
                name="either_image_or_link",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def kind(self) -> str:
        return "image" if self.image_id else "link"

    @property
    def url(self) -> str:
        return reverse("picture", args=[self.image_id]) if self.image_id else self.link

    @property
    def name(self) -> str:
        return self.image.name if self.image else self.link

    @property
    def width(self) -> int | None:
        return self.image.width if self.image else None

    @property
    def height(self) -> int | None:
        return self.image.height if self.image else None

    def refuse(self, why: str) -> None:
        """The model service could not use this picture."""
        self.refusal = why[:REFUSAL_LENGTH]
        self.save(update_fields=["refusal"])
