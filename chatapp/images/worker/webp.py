"""What libwebp doesn't do itself: bound the size before it takes memory, and read short files."""

from __future__ import annotations

import io

from .padding import RIFF_BYTES, declared_length
from .protocol import Reason, Refused
from .source import Source


def webp_size(head: bytes) -> tuple[int, int]:
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


def with_its_own_length(source: Source) -> Source:
    """Return a file that declares no more bytes than it has. Browsers don't mind, libwebp does."""
    length = len(source.buffer)
    if declared_length(source.buffer) <= length:
        return source
    size = (length - RIFF_BYTES).to_bytes(4, "little")
    content = source.buffer[:4] + size + source.buffer[RIFF_BYTES:]
    return Source(io.BytesIO(content), content)


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
