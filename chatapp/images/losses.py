"""Say what the model doesn't get of a file that was attached."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from .shown_image import ShownImage
from .worker.protocol import Remark


def loss_notes(shown: ShownImage) -> Iterator[str]:
    """Yield sentences for the person who attached the image.

    The first part of a long image speaks for the others.
    """
    image = shown.image
    if shown.part > 1:
        return
    if shown.part:
        yield _(
            "Sent in %(count)d parts, so that small text stays readable. Remove those that you "
            "don't need."
        ) % {"count": shown.part_count}
    if image.animated:
        yield _("Only the first frame of this animation is shown to the model.")
    remarks = image.remarks.split()
    if Remark.PAGE in remarks:
        yield _("Only the first page of this file is shown to the model.")
    if Remark.INCOMPLETE in remarks:
        yield _("This file is damaged, so a part of the image may be missing.")
    if Remark.SMALL in remarks:
        yield _("Small text in this long image may be unreadable. Crop it to what matters.")
