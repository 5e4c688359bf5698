"""Move images between the database and the bucket while the app runs.

For each image: write the copy, read it back, compare, then let the row point to it and delete the
bytes in the database in one transaction. An interruption leaves at most a copy that no row names,
which `garbage_collection.remove_orphans` removes. If two processes move the same image, one wins
and the other removes its copy.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet

from . import store
from .image_data import ImageData
from .models import Image

Place = Literal["database", "bucket"]


class ImageDamaged(Exception):
    """Report that the bytes are missing or not those that were stored. The image isn't moved."""


def images_outside(place: Place) -> QuerySet[Image]:
    """Return the images that are not in `place`."""
    if place == "bucket":
        return Image.objects.filter(bucket_key="")
    return Image.objects.exclude(bucket_key="")


def move(image: Image, place: Place) -> bool:
    """Move an image. Return False if it was already there, or was moved or deleted meanwhile.

    Raises ImageDamaged and StoreUnavailable; the image then stays where it was.
    """
    if image.stored_in == place:
        return False
    return _to_bucket(image) if place == "bucket" else _to_database(image)


def _to_bucket(image: Image) -> bool:
    data = ImageData.objects.filter(pk=image.pk).first()
    if data is None:
        return _check_lost(image)
    content, thumbnail = bytes(data.content), bytes(data.thumbnail)
    _check(image, content)
    key = store.put(image.owner_id, image.sha256, content, thumbnail)
    if _fetch(key, with_thumbnail=bool(thumbnail)) != (content, thumbnail):
        store.discard(key)
        raise ImageDamaged(f"{image.pk}: the bucket returned other bytes than were stored")
    with transaction.atomic():
        moved = Image.objects.filter(pk=image.pk, bucket_key="").update(bucket_key=key)
        if moved:
            ImageData.objects.filter(pk=image.pk).delete()
    if not moved:
        store.discard(key)
    return bool(moved)


def _to_database(image: Image) -> bool:
    key = image.bucket_key
    content, thumbnail = _fetch(key, with_thumbnail=bool(image.thumbnail_type))
    if content is None or thumbnail is None:
        return _check_lost(image)
    _check(image, content)
    with transaction.atomic():
        # The row first, because others wait for its lock, then the bytes.
        moved = Image.objects.filter(pk=image.pk, bucket_key=key).update(bucket_key="")
        if moved:
            ImageData.objects.create(image_id=image.pk, content=content, thumbnail=thumbnail)
    if moved:
        store.discard(key)
    return bool(moved)


def _fetch(key: str, *, with_thumbnail: bool) -> tuple[bytes | None, bytes | None]:
    place = store.bucket()
    thumbnail = place.get(key + store.THUMBNAIL) if with_thumbnail else b""
    return place.get(key), thumbnail


def _check(image: Image, content: bytes) -> None:
    if hashlib.sha256(content).hexdigest() != image.sha256:
        raise ImageDamaged(f"{image.pk}: these are not the bytes that were stored")


def _check_lost(image: Image) -> bool:
    """Return False if the image was moved or deleted meanwhile. Raises ImageDamaged otherwise."""
    if Image.objects.filter(pk=image.pk, bucket_key=image.bucket_key).exists():
        raise ImageDamaged(f"{image.pk}: its bytes are not in the {image.stored_in}")
    return False
