"""An image as a message or a tool call shows it: whole, or one part of a long one.

An image is stored once for each person, and two parts may be the same, such as two stretches of
white. So which part it is belongs to the place where it is shown.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

from django.utils.translation import gettext

if TYPE_CHECKING:
    from .models import Image

MAX_ENDING_LENGTH = 20  # characters


class ShownImage(NamedTuple):
    """`part` counts from 1 to `part_count` among the parts of a long image; both are 0 for a whole
    image."""

    image: Image
    part: int = 0
    part_count: int = 0


def part_name(name: str, part: int, part_count: int) -> str:
    """Return the name of a file with which part of it this is; the ending stays at the end."""
    if not part:
        return name
    ending = PurePath(name).suffix
    ending = ending if len(ending) <= MAX_ENDING_LENGTH else ""
    return name.removesuffix(ending) + part_label(part, part_count) + ending


def part_label(part: int, part_count: int) -> str:
    return gettext(", part %(number)d of %(count)d") % {"number": part, "count": part_count}
