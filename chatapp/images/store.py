"""Where the bytes of images are: in the database, or in an S3-compatible bucket.

Each row remembers its place (`bucket_key`, empty for the database), so images stay readable when
new ones go elsewhere. A key is written once and never again: objects of a row that is gone, or that
lost a race, can be removed at any time without looking at what others do meanwhile.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, cast

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.files.storage import InvalidStorageError, storages
from django.db import connection
from django.utils.translation import gettext

from .data import ImageData
from .errors import ImageRefused

if TYPE_CHECKING:
    from .bucket import Bucket
    from .models import Image

FOLDER = "images/"
THUMBNAIL = "/thumbnail"
READERS = 5  # objects fetched at once for one request to the model

Part = Literal["content", "thumbnail"]
logger = logging.getLogger(__name__)


class StoreUnavailable(ImageRefused):
    """The place of an image does not answer; trying again later helps."""

    def __init__(self) -> None:
        super().__init__(
            gettext("The storage for images does not answer right now. Try again in a minute.")
        )


class ImageMissing(ImageRefused):
    """The bytes of an image are gone for good."""

    def __init__(self) -> None:
        super().__init__(gettext("This image is no longer in storage."))


def read(image: Image) -> bytes:
    """The encoded image, up to 3.5 MB, in one query or one request to the bucket.

    Raises StoreUnavailable or ImageMissing.
    """
    return _read(image, "content")


def read_thumbnail(image: Image) -> bytes:
    """The small image, of the type `thumbnail_type`; raises as `read` does.

    An image from before there were thumbnails, whose `thumbnail_type` is empty, stands in itself.
    """
    return _read(image, "thumbnail" if image.thumbnail_type else "content")


def read_many(images: Collection[Image]) -> dict[uuid.UUID, bytes]:
    """Images by id, those in the database with one query; without those that are gone.

    Raises StoreUnavailable when one of them can't be had now.
    """
    here = [image.pk for image in images if not image.bucket_key]
    rows = ImageData.objects.filter(pk__in=here).values_list("pk", "content")
    found = {pk: bytes(content) for pk, content in rows}
    if away := [image for image in images if image.bucket_key]:
        fetch = bucket().get
        with ThreadPoolExecutor(READERS) as readers:
            contents = readers.map(fetch, [image.bucket_key for image in away])
            found |= {
                image.pk: content
                for image, content in zip(away, contents, strict=True)
                if content is not None
            }
    for image in images:
        if image.pk not in found and (content := _find(image, "content")) is not None:
            found[image.pk] = content
    return found


def goes_to_bucket() -> bool:
    """Where new images are written."""
    return settings.IMAGE_STORE == "bucket"


def put(owner_id: object, sha256: str, content: bytes, thumbnail: bytes) -> str:
    """Writes an image to the bucket, before there is a row for it; gives the key for the row."""
    key = f"{FOLDER}{owner_id}/{sha256}/{uuid.uuid4().hex}"
    place = bucket()
    place.put(key, content)
    if thumbnail:
        place.put(key + THUMBNAIL, thumbnail)
    return key


def discard(key: str) -> bool:
    """Removes what no row names any more. False when the bucket does not answer: what is left
    over is swept later (`collection.sweep`)."""
    try:
        place = bucket()
        place.remove(key + THUMBNAIL)
        place.remove(key)
    except StoreUnavailable:
        logger.warning("Left over in the bucket: %s", key)
        return False
    return True


def bucket() -> Bucket:
    """The configured bucket; StoreUnavailable when there is none (any more).

    Asking for it gives the connection to the database back, outside of a transaction: there are
    few, and nobody is to wait for one because a bucket takes its time.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        return cast("Bucket", storages["images"])
    except InvalidStorageError as error:
        logger.warning("An image is in a bucket, and none is configured")
        raise StoreUnavailable() from error


def _read(image: Image, part: Part) -> bytes:
    content = _find(image, part)
    if content is None:
        raise ImageMissing()
    return content


def _find(image: Image, part: Part) -> bytes | None:
    """Looks where the row says, and again when the image was moved in between."""
    while (content := _look(image.pk, image.bucket_key, part)) is None:
        looked_at = image.bucket_key
        try:
            image.refresh_from_db(fields=["bucket_key"])
        except ObjectDoesNotExist:
            return None
        if image.bucket_key == looked_at:
            return None
    return content


def _look(pk: uuid.UUID, key: str, part: Part) -> bytes | None:
    if key:
        return bucket().get(key + THUMBNAIL if part == "thumbnail" else key)
    content = ImageData.objects.filter(pk=pk).values_list(part, flat=True).first()
    return None if content is None else bytes(content)
