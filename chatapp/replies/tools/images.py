"""Images in tool results: untrusted bytes, which are opened like uploads. What can't be kept
becomes a sentence."""

import logging
from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.images.errors import ImageRefused, ImagesUnavailable, ImageTooLarge, ImageTooSlow
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage, process_parts
from chatapp.images.quota import QuotaExceeded
from chatapp.images.shown_image import ShownImage
from chatapp.images.store import StoreUnavailable
from chatapp.images.worker.limits import MAX_PARTS

MAX_IMAGES = 10  # of one call, counted in parts; opening each may take seconds

logger = logging.getLogger(__name__)


class TooMany(ImageRefused):
    def __init__(self) -> None:
        super().__init__(_("there were more than %(most)s") % {"most": MAX_IMAGES})


class Images[P](NamedTuple):
    """The images that could be used, in their order, and the reasons why others couldn't."""

    usable: tuple[P, ...] = ()
    refusals: tuple[ImageRefused, ...] = ()

    @classmethod
    def of(cls, results: Iterable[P | ImageRefused]) -> Self:
        every = list(results)
        return cls(
            tuple(one for one in every if not isinstance(one, ImageRefused)),
            tuple(one for one in every if isinstance(one, ImageRefused)),
        )

    @property
    def note(self) -> str:
        """Return a sentence for the person, empty when no image is missing."""
        if not self.refusals:
            return ""
        missing = len(self.refusals)
        return _("%(missing)s of %(count)s images couldn't be shown (%(why)s).") % {
            "missing": missing,
            "count": missing + len(self.usable),
            "why": "; ".join(dict.fromkeys(map(_why, self.refusals))),
        }

    @property
    def line_for_model(self) -> str:
        """Return a line for the model, which sees none of the images."""
        count = len(self.usable) + len(self.refusals)
        line = f"Shown to the person: {len(self.usable)} of {count}. You cannot see them."
        return f"{line} {self.note}".strip()


async def opened(contents: Sequence[bytes], tool: str) -> Images[list[PreparedImage]]:
    """Decode and shrink images one after the other, in the image worker.

    A long one comes in as many parts as there is room for.
    """
    few = contents[:MAX_IMAGES]
    room = MAX_IMAGES - len(few)
    results: list[list[PreparedImage] | ImageRefused] = []
    for number, content in enumerate(few, start=1):
        result = await _open(content, f"{tool}-{number}", min(MAX_PARTS, 1 + room))
        if isinstance(result, list):
            room -= len(result) - 1
        results.append(result)
    return Images.of([*results, *(TooMany() for _content in contents[MAX_IMAGES:])])


def kept(owner: Person, prepared: Images[list[PreparedImage]]) -> Images[list[ShownImage]]:
    """Store images, once per person and within their quota; repeating it finds what is there.

    Reads and writes the database: call it in a thread.
    """
    results: list[list[ShownImage] | ImageRefused] = []
    for parts in prepared.usable:
        away = next((each for each in results if isinstance(each, StoreUnavailable)), None)
        results.append(away or _store(owner, parts))  # each would wait for the store's time limit
    stored = Images.of(results)
    # From now on they are deleted an hour after nothing shows them any more.
    Image.objects.hold(owner, [one.image.pk for parts in stored.usable for one in parts])
    return Images(stored.usable, prepared.refusals + stored.refusals)


async def _open(content: bytes, name: str, max_parts: int) -> list[PreparedImage] | ImageRefused:
    try:
        return await process_parts(content, name, max_parts)
    except ImageRefused as refusal:
        return _noted(refusal)


def _store(owner: Person, parts: list[PreparedImage]) -> list[ShownImage] | ImageRefused:
    try:
        return Image.objects.store_parts(owner, parts)
    except ImageRefused as refusal:
        return _noted(refusal)


def _noted(refusal: ImageRefused) -> ImageRefused:
    logger.info("An image of a tool was not kept: %s", type(refusal).__name__)
    return refusal


def _why(refusal: ImageRefused) -> str:
    """Return the reason for the model.

    The refusals' own sentences address the sender of an image.
    """
    match refusal:
        case TooMany():
            return refusal.sentence
        case ImageTooLarge() | ImageTooSlow():
            return _("too large")
        case QuotaExceeded():
            return _("no space left: delete conversations with images to free some")
        case StoreUnavailable() | ImagesUnavailable():
            return _("images can't be stored right now")
        case _:
            return _("not a readable image")
