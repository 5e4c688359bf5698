"""A picture that came of a call, shown below its line. The model gets only words about it."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.conversations.models.step import Step
    from chatapp.images.models import Image


class StepPicture(models.Model):
    step = models.ForeignKey(
        "conversations.Step", on_delete=models.CASCADE, related_name="pictures"
    )
    position = models.PositiveSmallIntegerField()
    image = models.ForeignKey(
        "images.Image", on_delete=models.PROTECT, related_name="step_pictures"
    )

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["step", "position"]
        constraints = [
            models.UniqueConstraint(fields=["step", "position"], name="one_step_picture_per_place")
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.step_id}"

    @classmethod
    def row(cls, step: "Step", images: "Sequence[Image]") -> "list[StepPicture]":
        """Pictures of a step in their order, not saved yet."""
        return [
            cls(step=step, position=position, image=image) for position, image in enumerate(images)
        ]

    @property
    def alternative(self) -> str:
        """What the person wrote about it, else where it comes from."""
        if self.image.alt:
            return self.image.alt
        count = len(self.step.pictures_shown)
        if count == 1:
            return _("Picture from %(tool)s") % {"tool": self.step.name}
        return _("Picture %(number)s of %(count)s from %(tool)s") % {
            "number": self.position + 1,
            "count": count,
            "tool": self.step.name,
        }
