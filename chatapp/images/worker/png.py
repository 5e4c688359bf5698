"""Make Pillow's reader of PNG as tolerant of side chunks as browsers are.

Drawing programs keep whole documents in text chunks, and image generators their workflows. No text
is wanted here, and no browser reads any, so none of it can refuse an image.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PIL import ImageFile, PngImagePlugin
from PIL.PngImagePlugin import PngImageFile, PngStream

MAX_PROFILE_BYTES = 8 * 1024 * 1024  # of a colour profile, unpacked; a larger one is ignored

TEXT_CHUNKS = ("tEXt", "zTXt", "iTXt")


class TolerantPngFile(PngImageFile):
    """Open a PNG whatever its side chunks are; its pixels are read as strictly as others."""

    def _open(self) -> None:
        with _tolerance():
            super()._open()

    def load_end(self) -> None:
        with _tolerance():
            super().load_end()


@contextmanager
def _tolerance() -> Iterator[None]:
    before = ImageFile.LOAD_TRUNCATED_IMAGES
    ImageFile.LOAD_TRUNCATED_IMAGES = True
    try:
        yield
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = before


def _skip(stream: PngStream, _position: int, length: int) -> bytes:
    """Read a chunk without looking at it; the caller needs the bytes for the checksum."""
    assert stream.fp is not None
    return ImageFile._safe_read(stream.fp, length)


PngImagePlugin.MAX_TEXT_CHUNK = MAX_PROFILE_BYTES
for _name in TEXT_CHUNKS:
    setattr(PngStream, f"chunk_{_name}", _skip)
