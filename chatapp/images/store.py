"""Read and write the bytes of images, in the database or in an S3-compatible bucket.

Each row has its place (`bucket_key`, empty for the database), so images stay readable when new
ones are stored in the other place. A key is written once and never again, so an object whose row
was deleted or lost a race can be removed at any time, whatever other processes do.
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

from .errors import ImageRefused
from .image_data import ImageData

if TYPE_CHECKING:
    from .bucket import Bucket
    from .models import Image

FOLDER = "images/"
THUMBNAIL = "/thumbnail"
MAX_READERS = 5  # objects fetched at once for one request to the model

Part = Literal["content", "thumbnail"]
logger = logging.getLogger(__name__)


class StoreUnavailable(ImageRefused):
    """Report that the store of an image doesn't answer. Trying again later helps."""

    def __init__(self) -> None:
        super().__init__(
            gettext("The storage for images isn't available right now. Try again in a minute.")
        )


class ImageMissing(ImageRefused):
    """Report that the bytes of an image are lost."""

    def __init__(self) -> None:
        super().__init__(gettext("This image is no longer in storage."))


def read(image: Image) -> bytes:
    """Return the encoded image, up to 3.5 MB, by one query or one request to the bucket.

    Raises StoreUnavailable or ImageMissing.
    """
    return _read(image, "content")


def read_thumbnail(image: Image) -> bytes:
    """Return the small image, of type `thumbnail_type`. Raises what `read` raises.

    Images from before there were thumbnails have an empty `thumbnail_type`; they are returned.
    """
    return _read(image, "thumbnail" if image.thumbnail_type else "content")


def read_many(images: Collection[Image]) -> dict[uuid.UUID, bytes]:
    """Return the bytes of images by id, without those that are lost.

    One query reads all images in the database. Raises StoreUnavailable when an image can't be
    read now.
    """
    found: dict[uuid.UUID, bytes] = {}
    if in_database := [image.pk for image in images if not image.bucket_key]:
        rows = ImageData.objects.filter(pk__in=in_database).values_list("pk", "content")
        found = {pk: bytes(content) for pk, content in rows}
    if in_bucket := [image for image in images if image.bucket_key]:
        fetch = bucket().get
        with ThreadPoolExecutor(MAX_READERS) as readers:
            contents = readers.map(fetch, [image.bucket_key for image in in_bucket])
            found |= {
                image.pk: content
                for image, content in zip(in_bucket, contents, strict=True)
                if content is not None
            }
    for image in images:
        if image.pk not in found and (content := _find(image, "content")) is not None:
            found[image.pk] = content
    return found


def goes_to_bucket() -> bool:
    """Return whether new images are stored in the bucket."""
    return settings.IMAGE_STORE == "bucket"


def put(owner_id: object, sha256: str, content: bytes, thumbnail: bytes) -> str:
    """Write an image to the bucket, before it has a row; return the key for the row."""
    key = f"{FOLDER}{owner_id}/{sha256}/{uuid.uuid4().hex}"
    place = bucket()
    place.put(key, content)
    if thumbnail:
        place.put(key + THUMBNAIL, thumbnail)
    return key


def discard(key: str) -> bool:
    """Remove an image that no row names any more; return False when the bucket doesn't answer.

    `garbage_collection.remove_orphans` then removes it later.
    """
    try:
        place = bucket()
        place.remove(key + THUMBNAIL)
        place.remove(key)
    except StoreUnavailable:
        logger.warning("Left over in the bucket: %s", key)
        return False
    return True


def bucket() -> Bucket:
    """Return the configured bucket. Raises StoreUnavailable when there is none.

    Outside of a transaction this returns the database connection to the pool first: there are few,
    and nobody should wait for one because a bucket is slow.
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
    """Read from the place in the row, and again if the image was moved meanwhile."""
    while (content := _read_from(image.pk, image.bucket_key, part)) is None:
        tried_key = image.bucket_key
        try:
            image.refresh_from_db(fields=["bucket_key"])
        except ObjectDoesNotExist:
            return None
        if image.bucket_key == tried_key:
            return None
    return content


def _read_from(pk: uuid.UUID, key: str, part: Part) -> bytes | None:
    if key:
        return bucket().get(key + THUMBNAIL if part == "thumbnail" else key)
    content = ImageData.objects.filter(pk=pk).values_list(part, flat=True).first()
    return None if content is None else bytes(content)
