"""Move files between the database and the bucket while the app runs: images, and documents too.

For each file: write the copy, read it back, compare, then let the row point to it and delete the
bytes in the database in one transaction. An interruption leaves at most a copy that no row names,
which `garbage_collection.remove_orphans` removes. If two processes move the same file, one wins
and the other removes its copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Manager, QuerySet

from . import store
from .image_data import ImageData
from .models import Image

Place = Literal["database", "bucket"]


class FileDamaged(Exception):
    """Report that the bytes are missing or not those that were stored. The file isn't moved."""


@dataclass(frozen=True, slots=True)
class Movable:
    """A kind of files: rows with `owner_id`, `sha256`, `byte_size` and `bucket_key`, and the rows
    of their bytes, with the same ids.

    `columns` names the bytes in the database: the file, then its thumbnail if there are any. `put`
    takes the owner, the hash and these bytes, and returns the key.
    """

    files: Manager[Any]
    data: Manager[Any]
    columns: tuple[str, ...]
    put: Callable[..., str]

    def outside(self, place: Place) -> QuerySet[Any]:
        """Return the files that are not in `place`."""
        if place == "bucket":
            return self.files.filter(bucket_key="")
        return self.files.exclude(bucket_key="")

    def move(self, file: Any, place: Place) -> bool:
        """Move a file. Return False if it was already there, or was moved or deleted meanwhile.

        Raises FileDamaged and the StoreUnavailable of its kind or of images; the file then stays
        where it was.
        """
        if _place_of(file) == place:
            return False
        return self._to_bucket(file) if place == "bucket" else self._to_database(file)

    def _to_bucket(self, file: Any) -> bool:
        row = self.data.filter(pk=file.pk).values_list(*self.columns).first()
        if row is None:
            return self._check_lost(file)
        contents = tuple(map(bytes, row))
        _check(file, contents[0])
        key = self.put(file.owner_id, file.sha256, *contents)
        if _fetch(key, contents) != contents:
            store.discard(key)
            raise FileDamaged(f"{file.pk}: the bucket returned other bytes than were stored")
        with transaction.atomic():
            moved = self.files.filter(pk=file.pk, bucket_key="").update(bucket_key=key)
            if moved:
                self.data.filter(pk=file.pk).delete()
        if not moved:
            store.discard(key)
        return bool(moved)

    def _to_database(self, file: Any) -> bool:
        key = file.bucket_key
        is_there = (True, bool(getattr(file, "thumbnail_type", "")))
        contents = _fetch(key, is_there[: len(self.columns)])
        if None in contents:
            return self._check_lost(file)
        _check(file, contents[0] or b"")
        with transaction.atomic():
            # The row first, because others wait for its lock, then the bytes.
            moved = self.files.filter(pk=file.pk, bucket_key=key).update(bucket_key="")
            if moved:
                self.data.create(pk=file.pk, **dict(zip(self.columns, contents, strict=True)))
        if moved:
            store.discard(key)
        return bool(moved)

    def _check_lost(self, file: Any) -> bool:
        """Return False if the file was moved or deleted meanwhile. Raises FileDamaged otherwise."""
        if self.files.filter(pk=file.pk, bucket_key=file.bucket_key).exists():
            raise FileDamaged(f"{file.pk}: its bytes are not in the {_place_of(file)}")
        return False


IMAGES = Movable(Image.objects, ImageData.objects, ("content", "thumbnail"), store.put)


def _place_of(file: Any) -> Place:
    return "bucket" if file.bucket_key else "database"


def _fetch(key: str, is_there: tuple[object, ...]) -> tuple[bytes | None, ...]:
    """Return the objects of a file from the bucket; an empty one was never written."""
    place = store.bucket()
    endings = ("", store.THUMBNAIL)[: len(is_there)]
    return tuple(
        place.get(key + ending) if there else b""
        for ending, there in zip(endings, is_there, strict=True)
    )


def _check(file: Any, content: bytes) -> None:
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise FileDamaged(f"{file.pk}: these are not the bytes that were stored")
