"""Images that nobody can see any more make room: uploads never sent, conversations deleted."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from . import store
from .models import Image

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

BATCH = 200  # rows read at a time
KEYS = 500  # objects of the bucket looked up at a time
YOUNG = timedelta(hours=24)  # an object is written a moment before the row that names it


@dataclass(frozen=True, slots=True)
class Collected:
    images: int = 0
    size: int = 0  # bytes


def collect(now: datetime, owner: AbstractBaseUser | None = None) -> Collected:
    """Deletes the images that no message shows and nothing is waiting for, of one person or all.

    One short transaction each, so that a send which attaches an image at this moment never waits
    long and always wins. May run anywhere, any number of times at once.
    """
    candidates = Image.objects.unreferenced(now)
    if owner is not None:
        candidates = candidates.filter(owner_id=owner.pk)
    images, size, bucket_answers = 0, 0, True
    for pk in _in_batches(candidates):
        if image := _delete(pk, now):
            images += 1
            size += image.byte_size
            # After one failure the rest is left to `sweep`: each would wait for the time limit.
            if image.bucket_key and bucket_answers:
                bucket_answers = store.discard(image.bucket_key)
    return Collected(images, size)


def sweep(now: datetime) -> int:
    """Removes what is left over in the bucket: of people who are gone, of failures and of moves
    that were interrupted. Gives the number of objects; raises StoreUnavailable.

    A key is never written twice, so an old object that no row names can't come to life again.
    """
    place, removed = store.bucket(), 0
    old = (key for key, written in place.keys(store.FOLDER) if written < now - YOUNG)
    for batch in itertools.batched(old, KEYS):
        image_keys = {key: key.removesuffix(store.THUMBNAIL) for key in batch}
        rows = Image.objects.filter(bucket_key__in=set(image_keys.values()))
        named = set(rows.values_list("bucket_key", flat=True))
        for key in [key for key, image_key in image_keys.items() if image_key not in named]:
            place.remove(key)
            removed += 1
    return removed


def _in_batches(images: QuerySet[Image]) -> Iterator[uuid.UUID]:
    """Ids in their order, without a query that stays open while rows are deleted."""
    rest = images.order_by("pk").values_list("pk", flat=True)
    batch = list(rest[:BATCH])
    while batch:
        yield from batch
        batch = list(rest.filter(pk__gt=batch[-1])[:BATCH])


def _delete(pk: uuid.UUID, now: datetime) -> Image | None:
    """The row that is gone now, or None when a message or another upload wants it after all.

    The lock makes `keep` and `hold` wait, so that they find either a row that stays or none. A
    message that attached it without `hold` makes the deletion fail, here or at the commit.
    """
    try:
        with transaction.atomic():
            rows = Image.objects.unreferenced(now).filter(pk=pk)
            image = rows.select_for_update(of=("self",)).first()
            if image:
                Image.objects.filter(pk=pk).delete()
            return image
    except IntegrityError:  # ProtectedError is one
        return None
