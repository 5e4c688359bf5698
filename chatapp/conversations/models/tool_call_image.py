"""An image in the result of a tool call, shown below its line. The model gets only a sentence about
it."""

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.utils.translation import gettext as _

from chatapp.images.shown_image import part_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chatapp.conversations.models.tool_call import ToolCall
    from chatapp.images.shown_image import ShownImage


class ToolCallImage(models.Model):
    tool_call = models.ForeignKey(
        "conversations.ToolCall", on_delete=models.CASCADE, related_name="images"
    )
    position = models.PositiveSmallIntegerField()
    image = models.ForeignKey(
        "images.Image", on_delete=models.PROTECT, related_name="tool_call_images"
    )

    # Which part of a long image it is, from 1; both are 0 for a whole image.
    part = models.PositiveSmallIntegerField(default=0, db_default=0)
    part_count = models.PositiveSmallIntegerField(default=0, db_default=0)

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
    def row(cls, tool_call: "ToolCall", images: "Sequence[ShownImage]") -> "list[ToolCallImage]":
        """Return images of a tool call in their order, not saved yet."""
        return [
            cls(tool_call=tool_call, position=position, **shown._asdict())
            for position, shown in enumerate(images)
        ]

    @property
    def alternative(self) -> str:
        """Return what the person wrote about it, else where it comes from."""
        if self.image.alt:
            return self.image.alt
        place = part_label(self.part, self.part_count) if self.part else ""
        firsts = [one.position for one in self.tool_call.shown_images if one.part <= 1]
        if len(firsts) == 1:
            return _("Image from %(tool)s") % {"tool": self.tool_call.name} + place
        return (
            _("Image %(number)s of %(count)s from %(tool)s")
            % {
                "number": sum(position <= self.position for position in firsts),
                "count": len(firsts),
                "tool": self.tool_call.name,
            }
            + place
        )
