"""Read the pixels of each format, within a limit for each.

The limits are measured so that the whole worker stays under 300 MB. Bytes per pixel at the peak: a
JPEG in one scan is decoded line by line, already scaled down; a JPEG in several scans keeps its
coefficients (3 with the usual subsampling, 6 without); GIF 1; PNG, BMP and TIFF 4, as long as
nothing makes a second full-size copy; HEIC 5 in tiles, as phones write it, 6 in one piece; AVIF 9;
WebP 16 to 20.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pillow_heif
from PIL import Image
from PIL.AvifImagePlugin import AvifImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.ImageFile import ImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from chatapp.images.formats import Format

from .protocol import Reason, Refused
from .source import Source

# Models scale longer images down to this, and the larger size is paid for.
MAX_EDGE = 1_568  # pixels

MAX_PIXELS = {
    Format.JPEG: 64_000_000,
    Format.PNG: 50_000_000,
    Format.GIF: 64_000_000,
    Format.WEBP: 14_000_000,
    Format.AVIF: 24_000_000,
    Format.HEIC: 50_000_000,
    Format.BMP: 50_000_000,
    Format.TIFF: 50_000_000,
}
MAX_COEFFICIENT_BYTES = 192_000_000  # of a JPEG in several scans

# Every scan is a pass over all coefficients, so thousands of empty scans would take hours of
# processor time. Encoders write about ten; the video behind a phone's photo has a few hundred
# byte sequences that look like scans.
MAX_JPEG_SCANS = 500

_START_OF_SCAN = b"\xff\xda"

pillow_heif.options.DECODE_THREADS = 2  # each thread costs memory, and there are few cores
pillow_heif.options.THUMBNAILS = False
pillow_heif.options.DEPTH_IMAGES = False
pillow_heif.options.AUX_IMAGES = False


@dataclass(frozen=True, slots=True)
class Pixels:
    """Hold a decoded image; `rows(top, bottom)` returns a part of it, in any mode of Pillow's.

    `wanted` is the size to shrink it to. `image` knows the orientation, None if the codec has
    already turned it.
    """

    size: tuple[int, int]
    wanted: tuple[int, int]
    rows: Callable[[int, int], Image.Image]
    profile: bytes | None
    image: Image.Image | None = None
    animated: bool = False


def read(source: Source, kind: Format) -> Pixels:
    """Check the pixel count, then decode.

    Raises Refused before any pixel is decoded, and what the codecs raise.
    """
    if kind is Format.HEIC:
        return _heic(source)
    image = _open(source, kind)
    check_pixels(image.size, MAX_PIXELS[kind])
    # The pages of a TIFF are no animation. A GIF is asked before it is loaded: asking rewinds it.
    animated = kind is not Format.TIFF and getattr(image, "is_animated", False)
    wanted = fit(image.size)
    # Decodes a JPEG at 1/2, 1/4 or 1/8 in a fraction of the time and memory. Others ignore it.
    image.draft(None, wanted)
    image.load()
    if image.mode == "P" and image.palette is None:
        raise Refused(Reason.UNREADABLE)
    width = image.width

    def rows(top: int, bottom: int) -> Image.Image:
        return image.crop((0, top, width, bottom))

    return Pixels(image.size, wanted, rows, image.info.get("icc_profile"), image, animated)


def fit(size: tuple[int, int], edge: int = MAX_EDGE) -> tuple[int, int]:
    """Scale a size in pixels down to `edge` on the long edge; the short one stays at least 1."""
    scale = min(1.0, edge / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def check_pixels(size: tuple[int, int], limit: int) -> None:
    if size[0] * size[1] > limit:
        raise Refused(Reason.PIXELS, limit)


def _open(source: Source, kind: Format) -> ImageFile:
    # Image.open would choose the reader for multi-image files for some JPEGs.
    match kind:
        case Format.JPEG:
            jpeg = JpegImageFile(source.file)
            _check_scans(source, jpeg)
            return jpeg
        case Format.PNG:
            return PngImageFile(source.file)
        case Format.GIF:
            return GifImageFile(source.file)
        case Format.WEBP:
            # Pillow checks the size only after its reader has taken memory.
            check_pixels(_webp_size(source.buffer[:30]), MAX_PIXELS[kind])
            return WebPImageFile(source.file)
        case Format.AVIF:
            return AvifImageFile(source.file)
        case Format.BMP:
            return BmpImageFile(source.file)
        case _:
            return TiffImageFile(source.file)


def _check_scans(source: Source, jpeg: JpegImageFile) -> None:
    """Refuse a JPEG with more scans than any encoder writes, or with too many coefficients."""
    start = source.file.tell()
    scans = sum(1 for _ in re.compile(_START_OF_SCAN).finditer(source.buffer, start))
    if scans > MAX_JPEG_SCANS:
        raise Refused(Reason.UNREADABLE)
    # ITU-T T.81, B.2.3: marker, length, number of components, two bytes for each, three more. A
    # first scan that lacks a component means that others follow.
    header = source.buffer[start - 8 - 2 * jpeg.layers : start]
    one_scan = header.startswith(_START_OF_SCAN) and header[4] == jpeg.layers
    if "progressive" not in jpeg.info and one_scan:
        return
    _, across, down, _ = zip(*jpeg.layer, strict=True)
    samples = sum(h * v for h, v in zip(across, down, strict=True)) / (max(across) * max(down))
    check_pixels(jpeg.size, int(MAX_COEFFICIENT_BYTES / (2 * samples)))


def _webp_size(head: bytes) -> tuple[int, int]:
    """Width and height in pixels from a WebP header: RFC 9649, sections 2.5 to 2.7 and 3.4."""
    chunk = head[12:16]
    if len(head) == 30:
        if chunk == b"VP8 ":
            return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
        if chunk == b"VP8L":
            bits = _little(head[21:25])
            return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
        if chunk == b"VP8X":
            return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    raise Refused(Reason.UNREADABLE)


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _heic(source: Source) -> Pixels:
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

    return Pixels(heif.size, fit(heif.size), rows, heif.info.get("icc_profile"))
