"""Turn an uploaded file into a small, upright image without metadata, or refuse it."""

from __future__ import annotations

import asyncio
import hashlib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext

from .errors import explain
from .worker.protocol import Opened, Refused
from .worker_queue import MAX_FILE_BYTES, ImageWorkerQueue

MAX_UPLOAD_BYTES = MAX_FILE_BYTES
MAX_NAME_LENGTH = 200  # characters

worker_queue = ImageWorkerQueue()


class Readable(Protocol):
    """Describe a binary file or an upload of Django's."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """Hold an image to store: JPEG, or PNG or WebP if it is transparent.

    `width` and `height` are pixels of the upright image, `sha256` is the hex digest of `content`.
    If the file was an animation (`animated`), this is its first frame.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    name: str
    thumbnail: bytes
    thumbnail_type: str
    thumbnail_width: int
    thumbnail_height: int
    animated: bool


async def process(source: Readable | bytes | Path, name: str) -> PreparedImage:
    """Check, shrink, turn upright, strip and re-encode an image in the worker process.

    Takes JPEG, PNG, WebP, GIF and AVIF (first frame), HEIC, TIFF and BMP of up to MAX_UPLOAD_BYTES
    and returns at most 1,568 pixels on the long edge and 3.5 MB (Anthropic's vision guide; 5 MB of
    base64 on Bedrock), and a thumbnail of at most 384 pixels. A file at a path, such as a large
    upload's, is never read by this process. Images wait for each other; cancelling leaves the
    queue. Raises ImageRefused, and OSError when the file itself can't be read.
    """
    try:
        opened = await asyncio.wrap_future(worker_queue.submit(_source(source)))
    except Refused as refused:
        raise explain(refused) from refused
    return _prepared(opened, name)


def prepare(file: Readable | bytes | Path, name: str) -> PreparedImage:
    """Do what `process` does, for synchronous code. Blocks, so call it outside the event loop."""
    try:
        opened = worker_queue.submit(_source(file)).result()
    except Refused as refused:
        raise explain(refused) from refused
    return _prepared(opened, name)


def _source(file: Readable | bytes | Path) -> bytes | Path:
    if isinstance(file, bytes | Path):
        return file
    if hasattr(file, "temporary_file_path"):
        return Path(file.temporary_file_path())
    return file.read(MAX_UPLOAD_BYTES + 1)


def _prepared(opened: Opened, name: str) -> PreparedImage:
    image, thumbnail = opened.image, opened.thumbnail
    return PreparedImage(
        content=image.content,
        content_type=image.content_type,
        width=image.width,
        height=image.height,
        sha256=hashlib.sha256(image.content).hexdigest(),
        name=clean_name(name),
        thumbnail=thumbnail.content,
        thumbnail_type=thumbnail.content_type,
        thumbnail_width=thumbnail.width,
        thumbnail_height=thumbnail.height,
        animated=opened.animated,
    )


def clean_name(name: str) -> str:
    """Return the last part of a path on any system, without control or direction characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        " " if char.isspace() else char
        for char in base
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join(visible.split())[:MAX_NAME_LENGTH].strip() or gettext("Image")
