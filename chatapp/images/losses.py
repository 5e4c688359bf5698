"""Say what the model doesn't get of a file that was attached."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .models import Image
from .worker.protocol import Remark


def loss_notes(image: Image) -> Iterator[str]:
    """Yield sentences for the person who attached the image.

    The first part of a long image explains the others.
    """
    if image.part > 1:
        yield _("Part %(number)d of %(count)d.") % {
            "number": image.part,
            "count": image.part_count,
        }
        return
    if image.part:
        yield _(
            "Sent in %(count)d parts, so that small text stays readable. Remove those that you "
            "don't need."
        ) % {"count": image.part_count}
    if image.animated:
        yield _("Only the first frame of this animation is shown to the model.")
    remarks = image.remarks.split()
    if Remark.PAGE in remarks:
        yield _("Only the first page of this file is shown to the model.")
    if Remark.INCOMPLETE in remarks:
        yield _("This file is damaged, so a part of the image may be missing.")
    if Remark.SMALL in remarks:
        yield _("Small text in this long image may be unreadable. Crop it to what matters.")
