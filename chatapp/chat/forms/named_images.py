"""Images as forms name them: an id, and for a part of a long image which part it is."""

import re
from collections.abc import Iterable

from chatapp.accounts.models import Person
from chatapp.images.models import Image
from chatapp.images.shown_image import ShownImage
from chatapp.images.worker.limits import MAX_PARTS

NAME = re.compile(r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:/(\d)/(\d))?", re.ASCII)


def own_images(person: Person, names: Iterable[str]) -> dict[str, ShownImage]:
    """Return the person's own images by the names that a form has for them, without any other.

    They can't be collected before the message is stored.
    """
    read = {name: found for name in names if (found := NAME.fullmatch(name))}
    ids = {found["id"] for found in read.values()}
    images = {str(image.pk): image for image in Image.objects.hold(person, ids)}
    return {
        name: ShownImage(images[found["id"]], *_place(found))
        for name, found in read.items()
        if found["id"] in images
    }


def _place(found: re.Match[str]) -> tuple[int, int]:
    """Return which part it is. The page says so, and where it can't be true it is no part."""
    part, count = int(found[2] or 0), int(found[3] or 0)
    return (part, count) if 1 <= part <= count <= MAX_PARTS else (0, 0)
