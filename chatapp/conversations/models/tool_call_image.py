"""An image in the result of a tool call, shown below its line. The model gets only a sentence about
it."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.conversations.models.tool_call import ToolCall
    from chatapp.images.models import Image


class ToolCallImage(models.Model):
    tool_call = models.ForeignKey(
        "conversations.ToolCall", on_delete=models.CASCADE, related_name="images"
    )
    position = models.PositiveSmallIntegerField()
    image = models.ForeignKey(
        "images.Image", on_delete=models.PROTECT, related_name="tool_call_images"
    )

    objects: ClassVar = models.Manager()

    class Meta:
        ordering: ClassVar = ["tool_call", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["tool_call", "position"], name="one_image_per_position_of_call"
            )
        ]

    def __str__(self) -> str:
        return f"{self.position} of {self.tool_call_id}"

    @classmethod
    def row(cls, tool_call: "ToolCall", images: "Sequence[Image]") -> "list[ToolCallImage]":
        """Return images of a tool call in their order, not saved yet."""
        return [
            cls(tool_call=tool_call, position=position, image=image)
            for position, image in enumerate(images)
        ]

    @property
    def alternative(self) -> str:
        """Return what the person wrote about it, else where it comes from."""
        if self.image.alt:
            return self.image.alt
        count = len(self.tool_call.shown_images)
        if count == 1:
            return _("Image from %(tool)s") % {"tool": self.tool_call.name}
        return _("Image %(number)s of %(count)s from %(tool)s") % {
            "number": self.position + 1,
            "count": count,
            "tool": self.tool_call.name,
        }
