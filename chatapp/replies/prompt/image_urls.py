"""Which images of a conversation go into a request, and their URLs."""

from collections.abc import Mapping
from uuid import UUID

from chatapp.conversations.models import Attachment
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.inference.context_window import MAX_IMAGES
from chatapp.replies.prompt import image_delivery

IMAGE_BYTES = 10 * 1024 * 1024  # of all inline images of one request, before base64


def urls_of(attachments: list[Attachment], delivery: image_delivery.Delivery) -> dict[int, str]:
    """Return the URLs of the newest images by attachment, within the limits on count and total
    size. Images whose bytes are gone have none."""
    newest = attachments[-MAX_IMAGES:]
    urls = {attachment.pk: attachment.link for attachment in newest if attachment.link}
    own = {attachment.pk: attachment.image for attachment in newest if attachment.image}
    if delivery == "link":
        return urls | {pk: image_delivery.link(image) for pk, image in own.items()}
    contents = store.read_many(_small_enough(list(own.values())))
    for pk, image in own.items():
        if image.pk in contents:
            urls[pk] = image_delivery.data_url(image, contents[image.pk])
    return urls


def room_for_scans(urls: Mapping[int, str]) -> int:
    """Return how many characters of data URLs there is room for beside these."""
    return IMAGE_BYTES * 4 // 3 - sum(len(url) for url in urls.values() if url[:5] == "data:")


def _small_enough(images: list[Image]) -> list[Image]:
    """Return the newest images that fit into one request."""
    chosen: dict[UUID, Image] = {}
    size = 0
    for image in reversed(images):
        size += image.byte_size  # an image sent twice is in the request twice
        if size > IMAGE_BYTES and chosen:
            break
        chosen[image.pk] = image
    return list(chosen.values())
