"""Check how much work a JPEG is, before it is decoded."""

from __future__ import annotations

import re

from PIL.JpegImagePlugin import JpegImageFile

from .protocol import Reason, Refused
from .source import Source

MAX_COEFFICIENT_BYTES = 192_000_000  # of a JPEG in several scans

# Every scan is a pass over all coefficients, so thousands of empty scans would take hours of
# processor time. Encoders write about ten.
MAX_SCANS = 500

START_OF_SCAN = 0xDA
END_OF_IMAGE = 0xD9

# ITU-T T.81, B.1.1.2: a marker that isn't a stuffed zero, a fill byte or a restart.
_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")


def check_scans(source: Source, jpeg: JpegImageFile) -> None:
    """Refuse a JPEG with more scans than any encoder writes, or with too many coefficients."""
    start = source.file.tell()
    if 1 + _scans_after(source, start) > MAX_SCANS:
        raise Refused(Reason.UNREADABLE)
    # ITU-T T.81, B.2.3: marker, length, number of components, two bytes for each, three more. A
    # first scan that lacks a component means that others follow.
    header = source.buffer[start - 8 - 2 * jpeg.layers : start]
    one_scan = header.startswith(b"\xff\xda") and header[4] == jpeg.layers
    if "progressive" not in jpeg.info and one_scan:
        return
    _, across, down, _ = zip(*jpeg.layer, strict=True)
    samples = sum(h * v for h, v in zip(across, down, strict=True)) / (max(across) * max(down))
    limit = int(MAX_COEFFICIENT_BYTES / (2 * samples))
    if jpeg.width * jpeg.height > limit:
        raise Refused(Reason.PIXELS, limit)


def _scans_after(source: Source, place: int) -> int:
    """Count the scans from `place` to the end of the image.

    Phones append videos, depth maps and second images, whose bytes look like thousands of scans.
    """
    scans = 0
    while scans <= MAX_SCANS and (found := _MARKER.search(source.buffer, place)):
        marker = source.buffer[found.start() + 1]
        if marker == END_OF_IMAGE:
            break
        scans += marker == START_OF_SCAN
        # A segment's length includes its own two bytes. Markers inside a segment are no markers.
        length = int.from_bytes(source.buffer[found.end() : found.end() + 2], "big")
        place = found.end() + (length if _has_segment(marker) else 0)
    return scans


def _has_segment(marker: int) -> bool:
    return marker >= 0xC0 and marker != 0xD8
