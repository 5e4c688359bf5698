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
from .worker.protocol import Opened, Refused, Remark
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
    If the file was an animation (`animated`), this is its first frame. `remarks` name what else is
    lost. `part` and `part_count` are as in `ShownImage`.
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
    remarks: tuple[Remark, ...] = ()
    part: int = 0
    part_count: int = 0


async def process(source: bytes | Path | Readable, name: str) -> PreparedImage:
    """Turn a file into one JPEG of at most 1,568 pixels, or a PNG or WebP if it is transparent.

    See `process_parts`.
    """
    return (await process_parts(source, name, 1))[0]


async def process_parts(
    source: bytes | Path | Readable, name: str, max_parts: int
) -> list[PreparedImage]:
    """Turn a file into images of at most 1,568 pixels, mostly one, each with a thumbnail.

    A long screenshot becomes up to `max_parts` images, so that it stays readable. A file at a
    path, such as a large upload's, is never read by this process. Images wait for each other;
    cancelling leaves the queue. Raises ImageRefused, and OSError when the file itself can't be
    read.
    """
    try:
        opened = await asyncio.wrap_future(worker_queue.submit(_source(source), max_parts))
    except Refused as refused:
        raise explain(refused) from refused
    return _prepared(opened, name)


def prepare(file: Readable | bytes | Path, name: str) -> PreparedImage:
    """Do what `process` does, for synchronous code."""
    return prepare_parts(file, name, 1)[0]


def prepare_parts(file: Readable | bytes | Path, name: str, max_parts: int) -> list[PreparedImage]:
    """Do what `process_parts` does, for synchronous code. Blocks: not in the event loop."""
    try:
        opened = worker_queue.submit(_source(file), max_parts).result()
    except Refused as refused:
        raise explain(refused) from refused
    return _prepared(opened, name)


def _source(file: Readable | bytes | Path) -> bytes | Path:
    if isinstance(file, bytes | Path):
        return file
    if hasattr(file, "temporary_file_path"):
        return Path(file.temporary_file_path())
    return file.read(MAX_UPLOAD_BYTES + 1)


def _prepared(opened: Opened, name: str) -> list[PreparedImage]:
    count = len(opened.parts)
    return [
        PreparedImage(
            content=part.image.content,
            content_type=part.image.content_type,
            width=part.image.width,
            height=part.image.height,
            sha256=hashlib.sha256(part.image.content).hexdigest(),
            name=clean_name(name),
            thumbnail=part.thumbnail.content,
            thumbnail_type=part.thumbnail.content_type,
            thumbnail_width=part.thumbnail.width,
            thumbnail_height=part.thumbnail.height,
            animated=opened.animated,
            remarks=opened.remarks,
            part=number if count > 1 else 0,
            part_count=count if count > 1 else 0,
        )
        for number, part in enumerate(opened.parts, start=1)
    ]


def clean_name(name: str, unnamed: str = "") -> str:
    """Return the last part of a path on any system, without control or direction characters.

    If nothing is left of it, return `unnamed` or "Image".
    """
    base = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        " " if char.isspace() else char
        for char in base
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join(visible.split())[:MAX_NAME_LENGTH].strip() or unnamed or gettext("Image")
