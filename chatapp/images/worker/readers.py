"""Read the pixels of each format with Pillow, within its limit."""

from __future__ import annotations

import io
import math
import struct
from dataclasses import replace

from PIL import Image, ImageFile
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chatapp.images.formats import Format

from .heic import is_photo, named, read_heic
from .jpeg import check_scans
from .padding import PADDED, padded
from .parts import plan
from .pixels import MAX_PIXELS, Pixels, check_pixels
from .png import TolerantPngFile
from .protocol import Reason, Refused
from .source import Source
from .webp import webp_size, with_its_own_length

# These are shown as far as they can be read, as browsers do; a TIFF is read whole or not at all.
SHOWN_IN_PART = set(Format) - {Format.TIFF}

# What the codecs raise for files that end early or are damaged inside. The decoder of AVIF and
# libheif raise RuntimeErrors.
UNREADABLE = (OSError, SyntaxError, ValueError, RuntimeError)
DAMAGED = (OSError, SyntaxError, ValueError, LookupError, EOFError, TypeError, struct.error)

MAX_PAGES = 8  # of a TIFF that are looked at, to find one that isn't a small copy
SMALL_COPY_OR_MASK = 5  # bits of TIFF's tag 254, NewSubfileType
NEW_SUBFILE_TYPE = 254


def read(source: Source, kind: Format, max_parts: int) -> Pixels:
    """Check the pixel count, then decode.

    Raises Refused before any pixel is decoded, and what the codecs raise.
    """
    if kind is Format.HEIC and (found := named(source.buffer)):
        source, kind = Source(io.BytesIO(found[0]), found[0]), found[1]
    try:
        return _read(source, kind, max_parts, is_incomplete=False)
    except UNREADABLE:
        if kind not in SHOWN_IN_PART:
            raise
    # Not inside the `except`, whose error would keep the first try in memory.
    return _read_part(source, kind, max_parts)


def _read_part(source: Source, kind: Format, max_parts: int) -> Pixels:
    """Decode what can be read of a file. Raises Refused if that is nothing."""
    is_cut = kind in PADDED
    reason = Reason.INCOMPLETE if is_cut else Reason.UNREADABLE
    source = padded(source) if is_cut else source
    try:
        pixels = _read(source, kind, max_parts, is_incomplete=True)
    except UNREADABLE as error:
        raise Refused(reason) from error
    if pixels.is_blank:
        raise Refused(reason)
    return pixels


def _read(source: Source, kind: Format, max_parts: int, *, is_incomplete: bool) -> Pixels:
    """Decode; with `is_incomplete` as much as can be read."""
    if kind is Format.HEIC:
        return replace(read_heic(source, max_parts), is_incomplete=is_incomplete)
    if kind is Format.WEBP:
        source = with_its_own_length(source)
    source.file.seek(0)
    image = _open(source, kind)
    check_pixels(image.size, MAX_PIXELS[kind])
    # A GIF is asked before it is loaded: asking rewinds it.
    has_more = _has_more_pages(image) if kind is Format.TIFF else _is_animated(image)
    planned = plan(image.size, 1 if kind is Format.JPEG and _is_photo(image) else max_parts)
    # Decodes a JPEG at 1/2, 1/4 or 1/8 in a fraction of the time and memory. Others ignore it.
    image.draft(None, planned.size)
    ImageFile.LOAD_TRUNCATED_IMAGES = is_incomplete
    try:
        image.load()
    finally:
        ImageFile.LOAD_TRUNCATED_IMAGES = False
    if image.mode == "P" and image.palette is None:
        raise Refused(Reason.UNREADABLE)
    if kind in {Format.WEBP, Format.AVIF}:
        image._decoder = None  # type: ignore[attr-defined]  # frees its copies of all pixels
    width = image.width

    def rows(top: int, bottom: int) -> Image.Image:
        return image.crop((0, top, width, bottom))

    return Pixels(
        image.size,
        planned,
        rows,
        image.info.get("icc_profile"),
        image,
        levels=_levels(image, kind),
        animated=has_more and kind is not Format.TIFF,
        has_more_pages=has_more and kind is Format.TIFF,
        is_incomplete=is_incomplete,
    )


def _is_animated(image: ImageFile.ImageFile) -> bool:
    try:
        return bool(getattr(image, "is_animated", False))
    except DAMAGED:  # a frame after the first is damaged
        return True


def _has_more_pages(image: ImageFile.ImageFile) -> bool:
    """Return whether a TIFF has pages after the first, besides small copies and masks of it."""
    try:
        for number in range(1, MAX_PAGES):
            image.seek(number)
            if not image.tag_v2.get(NEW_SUBFILE_TYPE, 0) & SMALL_COPY_OR_MASK:  # type: ignore[attr-defined]
                return True
    except EOFError:
        return False
    except DAMAGED:
        return True
    finally:
        image.seek(0)
    return False


def _is_photo(image: ImageFile.ImageFile) -> bool:
    try:
        return is_photo(image.getexif())
    except DAMAGED:
        return False


def _levels(image: Image.Image, kind: Format) -> tuple[float, float] | None:
    """Return the values of black and white of deep greys, None for other images.

    Integers of 32 bits and floating-point numbers have no agreed white.
    """
    if image.mode.startswith("I;16"):
        bits = image.tag_v2.get(Base.BitsPerSample, (16,)) if kind is Format.TIFF else (16,)  # type: ignore[attr-defined]
        return 0, 2 ** bits[0] - 1
    if image.mode not in {"I", "F"}:
        return None
    low, high = image.getextrema()
    if not (math.isfinite(low) and math.isfinite(high)):  # type: ignore[arg-type]
        return 0, 1
    if low >= 0:  # type: ignore[operator]
        usual = (255,) if image.mode == "I" else (1, 255)
        if white := next((each for each in usual if high <= each), None):  # type: ignore[operator]
            return 0, white
    return (low, high) if low < high else (low - 1, high)  # type: ignore[operator, return-value]


def _open(source: Source, kind: Format) -> ImageFile.ImageFile:
    # Image.open would choose the reader for multi-image files for some JPEGs.
    match kind:
        case Format.JPEG:
            jpeg = JpegImageFile(source.file)
            check_scans(source, jpeg)
            return jpeg
        case Format.PNG:
            return TolerantPngFile(source.file)
        case Format.GIF:
            return GifImageFile(source.file)
        case Format.WEBP:
            # Pillow checks the size only after its reader has taken memory.
            check_pixels(webp_size(source.buffer[:30]), MAX_PIXELS[kind])
            return WebPImageFile(source.file)
        case Format.AVIF:
            return AvifImageFile(source.file)
        case Format.BMP:
            return BmpImageFile(source.file)
        case _:
            return TiffImageFile(source.file)
