"""Fill up files that end early, for decoders that otherwise give all pixels or none.

WebP, AVIF and HEIC declare how long they are. With zeros for what is missing, most decoders give
what comes before.
"""

from __future__ import annotations

import io
import mmap

from chatapp.images.formats import Format

from .protocol import Reason, Refused
from .source import Source

RIFF_BYTES = 8  # of a file, which its declared length doesn't count
MIN_SHARE = 0.1  # of a file that must be there
MAX_PADDED_BYTES = 50 * 1024 * 1024  # as much as an upload may have
MAX_BOXES = 100  # at the top of a file; encoders write three or four

PADDED = {Format.WEBP, Format.AVIF, Format.HEIC}


def declared_length(content: bytes | mmap.mmap) -> int:
    """Return how many bytes a file says that it has."""
    if content[:4] == b"RIFF":  # RFC 9649, section 2.4
        return RIFF_BYTES + int.from_bytes(content[4:8], "little")
    return _end_of_boxes(content)


def padded(source: Source) -> Source:
    """Return a file with zeros for its missing end. Raises Refused if too much of it is missing."""
    declared, length = declared_length(source.buffer), len(source.buffer)
    if declared <= length:
        raise Refused(Reason.UNREADABLE)
    if declared > min(MAX_PADDED_BYTES, length / MIN_SHARE):
        raise Refused(Reason.INCOMPLETE)
    content = source.buffer[:] + bytes(declared - length)
    return Source(io.BytesIO(content), content)


def _end_of_boxes(content: bytes | mmap.mmap) -> int:
    """Return where the last box at the top ends (ISO/IEC 14496-12, section 4.2)."""
    end = 0
    for _ in range(MAX_BOXES):
        if end + 8 > len(content):
            break
        size = int.from_bytes(content[end : end + 4], "big")
        if size == 1:  # 64 bits follow the type
            size = int.from_bytes(content[end + 8 : end + 16], "big")
        if size < 8:  # 0: up to the end of the file
            return len(content)
        end += size
    return end
