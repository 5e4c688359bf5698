"""Moving images between the database and the bucket while the app runs.

For each image: write the copy, read it back, compare, then in one transaction let the row point
to it and drop the bytes in the database. An interruption leaves at most a copy that no row names,
which `collection.sweep` removes; of two who move the same image one wins and the other removes
its own copy.
"""

from __future__ import annotations

import hashlib
from typing import Literal

from django.db import transaction
from django.db.models import QuerySet

from . import store
from .data import ImageData
from .models import Image

Place = Literal["database", "bucket"]


class ImageDamaged(Exception):
    """The bytes are missing or are not those that were kept, so they stay where they are."""


def waiting(place: Place) -> QuerySet[Image]:
    """The images that are not in `place`."""
    if place == "bucket":
        return Image.objects.filter(bucket_key="")
    return Image.objects.exclude(bucket_key="")


def move(image: Image, place: Place) -> bool:
    """Moves one image; False when it is there already, was moved or was deleted meanwhile.

    Raises ImageDamaged and StoreUnavailable; the image is then where it was.
    """
    if image.stored_in == place:
        return False
    return _to_bucket(image) if place == "bucket" else _to_database(image)


def _to_bucket(image: Image) -> bool:
    data = ImageData.objects.filter(pk=image.pk).first()
    if data is None:
        return _gone(image)
    content, thumbnail = bytes(data.content), bytes(data.thumbnail)
    _check(image, content)
    key = store.put(image.owner_id, image.sha256, content, thumbnail)
    if _fetch(key, with_thumbnail=bool(thumbnail)) != (content, thumbnail):
        store.discard(key)
        raise ImageDamaged(f"{image.pk}: the bucket gave back something else than was stored")
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
        return _gone(image)
    _check(image, content)
    with transaction.atomic():
        # First the row, which others wait for, then the bytes.
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
        raise ImageDamaged(f"{image.pk}: these are not the bytes that were kept")


def _gone(image: Image) -> bool:
    """False when another mover or a deletion was faster, else the bytes are lost."""
    if Image.objects.filter(pk=image.pk, bucket_key=image.bucket_key).exists():
        raise ImageDamaged(f"{image.pk}: its bytes are not in the {image.stored_in}")
    return False
