"""Keep the bytes of documents in the bucket; without one they are rows of the database.

The bucket is that of the images. A key is written once and never again, so an object that no row
names can be removed at any time.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

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
    """Return the bytes of a file. Raises StoreUnavailable or DocumentMissing."""
    if document.bucket_key:
        with _failures():
            content = images.bucket().get(document.bucket_key)
    else:
        content = document.stored_content()
    if content is None:
        raise DocumentMissing
    return content


@contextmanager
def _failures() -> Iterator[None]:
    try:
        yield
    except images.StoreUnavailable as error:
        raise StoreUnavailable from error
