"""The URLs of the images in one request."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from chatapp.conversations.models import Attachment
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.inference.context_window import MAX_IMAGES
from chatapp.projects.models import ProjectFile
from chatapp.replies.prompt import image_delivery

IMAGE_BYTES = 10 * 1024 * 1024  # of all inline images of one request, before base64

# What an image belongs to: a message, or a project.
type Holder = Attachment | ProjectFile


def urls_of(
    holders: Sequence[Holder], delivery: image_delivery.Delivery, beside: Collection[str] = ()
) -> dict[int, str]:
    """Return the URLs of the newest images by the key of their holder, within the limits on count
    and total size of a request that has those `beside` them. Images whose bytes are gone have none.
    """
    newest = holders[-(MAX_IMAGES - len(beside)) :]
    urls = {holder.pk: holder.link for holder in newest if holder.link}
    own = {holder.pk: holder.image for holder in newest if holder.image}
    if delivery == "link":
        return urls | {pk: image_delivery.link(image) for pk, image in own.items()}
    room = IMAGE_BYTES - _characters(beside) * 3 // 4
    contents = store.read_many(_small_enough(list(own.values()), room))
    for pk, image in own.items():
        if image.pk in contents:
            urls[pk] = image_delivery.data_url(image, contents[image.pk])
    return urls


def room_for_scans(urls: Iterable[str], share: int = 1) -> int:
    """Return how many characters of data URLs there is room for beside these, in a whole request or
    in one part of `share` equal ones."""
    return IMAGE_BYTES * 4 // 3 // share - _characters(urls)


def _characters(urls: Iterable[str]) -> int:
    return sum(len(url) for url in urls if url[:5] == "data:")


def _small_enough(images: list[Image], room: int) -> list[Image]:
    """Return the newest images that fit into one request."""
    chosen: dict[UUID, Image] = {}
    size = 0
    for image in reversed(images):
        size += image.byte_size  # an image sent twice is in the request twice
        if size > room and chosen:
            break
        chosen[image.pk] = image
    return list(chosen.values())
