"""Which picture formats are accepted, known by their first bytes, and how large each may be."""

from __future__ import annotations

import enum

from .errors import ImageTooLarge, ImageTypeRefused, ImageUnreadable

# Pixels per picture, so that opening one adds at most 250 MB on a dyno of 512 MB. Bytes per pixel
# while opening: a JPEG in one scan is decoded line by line, already scaled down; a JPEG in several
# scans keeps all its coefficients (up to 6); PNG and GIF hold the picture and its premultiplied
# copy (8); WebP holds two canvases, a copy and the picture (18, measured).
MAX_PIXELS_JPEG = 64_000_000
MAX_PIXELS_JPEG_SCANS = 32_000_000
MAX_PIXELS_PNG = 25_000_000
MAX_PIXELS_GIF = 25_000_000
MAX_PIXELS_WEBP = 12_500_000

# Every scan costs a pass over all coefficients, so thousands of empty ones would hold a core for
# hours. Encoders write about ten; the video behind a phone's photo holds a few hundred lookalikes.
MAX_JPEG_SCANS = 500

_START_OF_SCAN = b"\xff\xda"


class Format(enum.StrEnum):
    """An accepted format and, as value, its media type."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    WEBP = "image/webp"


def detect(content: bytes) -> Format:
    """Tell the format by magic bytes alone: names and declared types are the sender's claim.

    Raises ImageTypeRefused for everything else, text formats such as SVG included.
    """
    if content.startswith(b"\xff\xd8\xff"):
        return Format.JPEG
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return Format.PNG
    if content.startswith((b"GIF87a", b"GIF89a")):
        return Format.GIF
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return Format.WEBP
    raise ImageTypeRefused()


def check_pixels(size: tuple[int, int], limit: int) -> None:
    """Raise ImageTooLarge when width times height is above `limit` pixels."""
    if size[0] * size[1] > limit:
        raise ImageTooLarge.in_pixels(limit)


def webp_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels from a WebP header, without decoding.

    Layout: RFC 9649, sections 2.5 to 2.7 and 3.4. Raises ImageUnreadable for an unknown header.
    """
    chunk = content[12:16]
    if len(content) < 30:
        raise ImageUnreadable()
    if chunk == b"VP8 ":
        return _little(content[26:28]) & 0x3FFF, _little(content[28:30]) & 0x3FFF
    if chunk == b"VP8L":
        bits = _little(content[21:25])
        return (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    if chunk == b"VP8X":
        return _little(content[24:27]) + 1, _little(content[27:30]) + 1
    raise ImageUnreadable()


def check_jpeg_scans(content: bytes, scans_start: int, components: int, progressive: bool) -> int:
    """Return the pixel limit for this JPEG: lower when it is coded in several scans.

    `scans_start` is the offset just behind the first scan header, `components` the colour channels
    of the frame. Raises ImageUnreadable when there are more scans than any encoder writes.
    """
    if content.count(_START_OF_SCAN, scans_start) > MAX_JPEG_SCANS:
        raise ImageUnreadable()
    # ITU-T T.81, B.2.3: marker, length, number of components, two bytes for each, three more. A
    # first scan that lacks a component means that others follow.
    header = content[scans_start - 8 - 2 * components : scans_start]
    one_scan = header.startswith(_START_OF_SCAN) and header[4] == components
    return MAX_PIXELS_JPEG if one_scan and not progressive else MAX_PIXELS_JPEG_SCANS


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
