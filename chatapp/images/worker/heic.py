"""Read HEIC, and find out what files are that don't say it."""

from __future__ import annotations

import mmap

import pillow_heif
from PIL import Image
from PIL.ExifTags import IFD, Base

from chatapp.images.formats import SEQUENCE_BRANDS, Format, brands, names_format

from .parts import plan
from .pixels import MAX_PIXELS, Pixels, check_pixels
from .source import Source

ITEMS_BYTES = 64 * 1024  # of a file, in which the types of its items are looked for

pillow_heif.options.DECODE_THREADS = 2  # each thread costs memory, and there are few cores
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


def named(content: bytes | mmap.mmap) -> tuple[bytes, Format] | None:
    """Return a file that has only general brands with the brand of its codec, else None.

    "mif1" alone says nothing about the codec. The items do (ISO/IEC 14496-12, section 8.11.6), but
    the decoders look at brands.
    """
    items = content[:ITEMS_BYTES]
    found = brands(items)
    if names_format(found) or b"pitm" not in items:  # without a primary item it is a sequence
        return None
    is_avif = b"av01" in items and b"hvc1" not in items
    brand, kind = (b"avif", Format.AVIF) if is_avif else (b"heic", Format.HEIC)
    end = 16 + 4 * (len(found) - 1)
    return content[:8] + brand + content[12:16] + brand * (len(found) - 1) + content[end:], kind


def read_heic(source: Source, max_parts: int) -> Pixels:
    # Pillow's plugin would copy all pixels once more. libheif turns the image upright by itself,
    # so the EXIF orientation is ignored (ISO/IEC 23008-12, annex A).
    heif = pillow_heif.open_heif(source.file, remove_stride=False)
    check_pixels(heif.size, MAX_PIXELS[Format.HEIC])
    try:
        data, stride, mode = heif.data, heif.stride, heif.mode
    except RuntimeError as error:
        if "Memory allocation" in str(error):
            raise MemoryError from error
        raise
    width = heif.size[0]

    def rows(top: int, bottom: int) -> Image.Image:
        part = bytes(data[top * stride : bottom * stride])
        return Image.frombytes(mode, (width, bottom - top), part, "raw", mode, stride)

    exif = Image.Exif()
    exif.load(heif.info.get("exif") or b"")
    planned = plan(heif.size, 1 if is_photo(exif) else max_parts)
    animated = brands(source.buffer[:ITEMS_BYTES])[0] in SEQUENCE_BRANDS
    more = len(heif) > 1 and not animated
    return Pixels(
        heif.size,
        planned,
        rows,
        heif.info.get("icc_profile"),
        levels=(0, 65_535) if mode.startswith("I;16") else None,
        animated=animated,
        has_more_pages=more,
    )


def is_photo(exif: Image.Exif) -> bool:
    """Return whether a camera took it: panoramas are long as well, but stay in one piece."""
    return Base.ExposureTime in exif or Base.ExposureTime in exif.get_ifd(IFD.Exif)
