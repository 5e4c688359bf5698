"""Delete images that nobody can see any more: unsent uploads, images of deleted conversations.

Documents are collected in the same way.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from chatapp.server.database_state import database_is_full

from . import store
from .models import Image

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

ROW_BATCH = 200  # rows read at a time
KEY_BATCH = 500  # objects of the bucket looked up at a time
MIN_ORPHAN_AGE = timedelta(hours=24)  # a new object has no row for a moment


class Files(Protocol):
    """Describe the manager of images, or of other rows with `byte_size` and `bucket_key`."""

    def unreferenced(self, now: datetime) -> QuerySet[Any]: ...

    def filter(self, *args: Any, **kwargs: Any) -> QuerySet[Any]: ...


@dataclass(frozen=True, slots=True)
class Collected:
    count: int = 0
    size: int = 0  # bytes


def collect(
    now: datetime, owner: AbstractBaseUser | None = None, files: Files = Image.objects
) -> Collected:
    """Delete the images that are not referenced, of one person or of everybody.

    Each image has its own short transaction, so a send that attaches it at this moment never waits
    long and always wins. Several processes may do this at once.
    """
    candidates = files.unreferenced(now)
    if owner is not None:
        candidates = candidates.filter(owner_id=owner.pk)
    count, size, bucket_answers = 0, 0, True
    for pk in _in_batches(candidates):
        if file := _delete(files, pk, now):
            count += 1
            size += file.byte_size
            # After a failure the rest is left to `remove_orphans`: each would wait for a timeout.
            if file.bucket_key and bucket_answers:
                bucket_answers = store.discard(file.bucket_key)
    return Collected(count, size)


def remove_orphans(now: datetime, folder: str = store.FOLDER, files: Files = Image.objects) -> int:
    """Remove the objects of the bucket that no row names, and return how many there were.

    They are left by deleted people, failures and interrupted moves. A key is never written twice,
    so an old object without a row stays without one. Raises StoreUnavailable.
    """
    place, removed = store.bucket(), 0
    old = (key for key, written in place.keys(folder) if written < now - MIN_ORPHAN_AGE)
    for batch in itertools.batched(old, KEY_BATCH):
        row_keys = {key: key.removesuffix(store.THUMBNAIL) for key in batch}
        rows = files.filter(bucket_key__in=set(row_keys.values()))
        named = set(rows.values_list("bucket_key", flat=True))
        for key in [key for key, row_key in row_keys.items() if row_key not in named]:
            place.remove(key)
            removed += 1
    return removed


def _in_batches(images: QuerySet[Any]) -> Iterator[uuid.UUID]:
    """Yield the ids in their order, without a query that stays open while rows are deleted."""
    rest = images.order_by("pk").values_list("pk", flat=True)
    batch = list(rest[:ROW_BATCH])
    while batch:
        yield from batch
        batch = list(rest.filter(pk__gt=batch[-1])[:ROW_BATCH])


def _delete(files: Files, pk: uuid.UUID, now: datetime) -> Any:
    """Delete a row and return it; return None if a message or another upload uses it again.

    The lock makes `keep` and `hold` wait, so they find either a row that stays or none. If a
    message attached the image without `hold`, the deletion fails, here or at the commit.
    """
    try:
        with transaction.atomic():
            rows = files.unreferenced(now).filter(pk=pk)
            # A full database forbids locks, but nothing can be attached to a message then either.
            if not database_is_full():
                rows = rows.select_for_update(of=("self",))
            file = rows.first()
            if file:
                files.filter(pk=pk).delete()
            return file
    except IntegrityError:  # ProtectedError is one
        return None
