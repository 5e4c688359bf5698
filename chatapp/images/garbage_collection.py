"""Delete images that nobody can see any more: unsent uploads, images of deleted conversations."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True)
class Collected:
    images: int = 0
    size: int = 0  # bytes


def collect(now: datetime, owner: AbstractBaseUser | None = None) -> Collected:
    """Delete the images that are not referenced, of one person or of everybody.

    Each image has its own short transaction, so a send that attaches it at this moment never waits
    long and always wins. Several processes may do this at once.
    """
    candidates = Image.objects.unreferenced(now)
    if owner is not None:
        candidates = candidates.filter(owner_id=owner.pk)
    images, size, bucket_answers = 0, 0, True
    for pk in _in_batches(candidates):
        if image := _delete(pk, now):
            images += 1
            size += image.byte_size
            # After a failure the rest is left to `remove_orphans`: each would wait for a timeout.
            if image.bucket_key and bucket_answers:
                bucket_answers = store.discard(image.bucket_key)
    return Collected(images, size)


def remove_orphans(now: datetime) -> int:
    """Remove the objects of the bucket that no row names, and return how many there were.

    They are left by deleted people, failures and interrupted moves. A key is never written twice,
    so an old object without a row stays without one. Raises StoreUnavailable.
    """
    place, removed = store.bucket(), 0
    old = (key for key, written in place.keys(store.FOLDER) if written < now - MIN_ORPHAN_AGE)
    for batch in itertools.batched(old, KEY_BATCH):
        image_keys = {key: key.removesuffix(store.THUMBNAIL) for key in batch}
        rows = Image.objects.filter(bucket_key__in=set(image_keys.values()))
        named = set(rows.values_list("bucket_key", flat=True))
        for key in [key for key, image_key in image_keys.items() if image_key not in named]:
            place.remove(key)
            removed += 1
    return removed


def _in_batches(images: QuerySet[Image]) -> Iterator[uuid.UUID]:
    """Yield the ids in their order, without a query that stays open while rows are deleted."""
    rest = images.order_by("pk").values_list("pk", flat=True)
    batch = list(rest[:ROW_BATCH])
    while batch:
        yield from batch
        batch = list(rest.filter(pk__gt=batch[-1])[:ROW_BATCH])


def _delete(pk: uuid.UUID, now: datetime) -> Image | None:
    """Delete a row and return it; return None if a message or another upload uses it again.

    The lock makes `keep` and `hold` wait, so they find either a row that stays or none. If a
    message attached the image without `hold`, the deletion fails, here or at the commit.
    """
    try:
        with transaction.atomic():
            rows = Image.objects.unreferenced(now).filter(pk=pk)
            # A full database forbids locks, but nothing can be attached to a message then either.
            if not database_is_full():
                rows = rows.select_for_update(of=("self",))
            image = rows.first()
            if image:
                Image.objects.filter(pk=pk).delete()
            return image
    except IntegrityError:  # ProtectedError is one
        return None
