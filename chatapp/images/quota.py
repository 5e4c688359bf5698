"""How much room images may take, for a person and for everybody together."""

from __future__ import annotations

from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext

from .errors import ImageRefused


@dataclass(frozen=True, slots=True)
class Usage:
    """How full a share of the storage is; both in bytes."""

    used: int
    quota: int

    @property
    def left(self) -> int:
        return max(self.quota - self.used, 0)


class QuotaExceeded(ImageRefused):
    """No room for an image of `size` bytes; deleting others makes some."""

    @classmethod
    def of_person(cls, usage: Usage, size: int) -> QuotaExceeded:
        return cls(
            gettext(
                "There is no room for this image: it takes %(size)s, and %(left)s of your "
                "%(quota)s are left. Delete conversations with images that you no longer need, "
                "then send it again."
            )
            % _in_words(usage, size)
        )

    @classmethod
    def of_house(cls, usage: Usage, size: int) -> QuotaExceeded:
        return cls(
            gettext(
                "There is no room for this image: it takes %(size)s, and %(left)s of the "
                "%(quota)s for everybody here are left. Delete conversations with images, or "
                "ask whoever runs this chat for more room."
            )
            % _in_words(usage, size)
        )


def check(size: int, person: Usage, house: Usage) -> None:
    """Raises QuotaExceeded when `size` more bytes don't fit.

    Uploads at the same moment don't see each other, so a share can be passed by as many images
    as are being stored at once; each has at most 3.5 MB.
    """
    if size > person.left:
        raise QuotaExceeded.of_person(person, size)
    if size > house.left:
        raise QuotaExceeded.of_house(house, size)


def _in_words(usage: Usage, size: int) -> dict[str, str]:
    return {
        "size": filesizeformat(size),
        "left": filesizeformat(usage.left),
        "quota": filesizeformat(usage.quota),
    }
