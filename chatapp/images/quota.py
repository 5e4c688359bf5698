"""Limit the space of images, for each person and in total."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from .errors import ImageRefused


@dataclass(frozen=True, slots=True)
class Usage:
    """Hold how much of a quota is used; both in bytes."""

    used: int
    quota: int

    @property
    def left(self) -> int:
        return max(self.quota - self.used, 0)

    def sizes(self, size: int) -> dict[str, str]:
        """Return the numbers for a sentence about something of `size` bytes."""
        numbers = {"size": size, "left": self.left, "quota": self.quota}
        return {name: filesizeformat(number) for name, number in numbers.items()}


class QuotaExceeded(ImageRefused):
    """Report that there is no space for an image of `size` bytes."""

    @classmethod
    def of_person(cls, usage: Usage, size: int) -> QuotaExceeded:
        return cls(
            gettext(
                "There isn't enough space for this image: it takes %(size)s, and %(left)s of your "
                "%(quota)s are left. Delete conversations with images, or files of projects, that "
                "you no longer need, then send it again."
            )
            % usage.sizes(size)
        )

    @classmethod
    def of_total(cls, usage: Usage, size: int) -> QuotaExceeded:
        return cls(
            gettext(
                "There isn't enough space for this image: it takes %(size)s, and %(left)s of the "
                "%(quota)s for everybody are left. Delete conversations with images, or ask the "
                "owner of this site for more space."
            )
            % usage.sizes(size)
        )


def check(size: int, person: Usage, total: Usage) -> None:
    """Raise QuotaExceeded when `size` more bytes don't fit.

    Uploads at the same moment don't see each other, so a quota can be exceeded by the images that
    are being stored at once, each of at most 3.5 MB.
    """
    if size > person.left:
        raise QuotaExceeded.of_person(person, size)
    if size > total.left:
        raise QuotaExceeded.of_total(total, size)
