"""Keep the bytes of documents in the bucket; without one they are rows of the database.

The bucket is that of the images. A key is written once and never again, so an object that no row
names can be removed at any time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.core.exceptions import ObjectDoesNotExist

from chatapp.images import store as images

from .errors import DocumentMissing, StoreUnavailable

if TYPE_CHECKING:
    from .models import Document

FOLDER = "documents/"
goes_to_bucket = images.goes_to_bucket
discard = images.discard


def put(owner_id: object, sha256: str, content: bytes) -> str:
    """Write a file to the bucket, before it has a row; return the key. Raises StoreUnavailable."""
    key = f"{FOLDER}{owner_id}/{sha256}/{uuid.uuid4().hex}"
    with _failures():
        images.bucket().put(key, content)
    return key


def read(document: Document) -> bytes:
    """Return the bytes of a file, also when it was moved since its row was read.

    Raises StoreUnavailable or DocumentMissing.
    """
    while (content := _find(document)) is None:
        tried_key = document.bucket_key
        try:
            document.refresh_from_db(fields=["bucket_key"])
        except ObjectDoesNotExist as error:
            raise DocumentMissing from error
        if document.bucket_key == tried_key:
            raise DocumentMissing
    return content


def _find(document: Document) -> bytes | None:
    """Return what is in the place that the row names."""
    if not document.bucket_key:
        return document.stored_content()
    with _failures():
        return images.bucket().get(document.bucket_key)


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except images.StoreUnavailable as error:
        raise StoreUnavailable from error
