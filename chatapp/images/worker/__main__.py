"""Run the image worker: read files, write small images and thumbnails, until stdin is closed."""

from __future__ import annotations

import signal
import struct
import zlib
from typing import BinaryIO

from PIL import Image, UnidentifiedImageError
from PIL.Image import DecompressionBombError

from chatapp.images.formats import HEAD_BYTES, detect
from chatapp.workers.child import greeted, lower_privileges

from .decoding import decode
from .encoding import encode, thumbnail
from .limits import MAX_DATA_BYTES, MAX_SECONDS
from .protocol import Opened, OpenedPart, Reason, Refused, receive, send_outcome
from .source import source

MAX_REQUEST_BYTES = 64 * 1024 * 1024

# The codecs raise these for incomplete, damaged or hostile files. AssertionErrors come from
# Pillow's assumptions about a file, RuntimeErrors from libheif.
UNREADABLE = (
    UnidentifiedImageError,
    DecompressionBombError,
    OSError,
    SyntaxError,
    ValueError,
    ArithmeticError,
    AssertionError,
    EOFError,
    LookupError,
    RuntimeError,
    struct.error,
    zlib.error,
)


def main() -> None:
    lower_privileges(MAX_DATA_BYTES)
    Image.preinit()
    with greeted() as (requests, replies):
        serve(requests, replies)


def serve(requests: BinaryIO, replies: BinaryIO) -> None:
    while True:
        try:
            header, content = receive(requests, MAX_REQUEST_BYTES)
        except EOFError:
            return
        signal.alarm(MAX_SECONDS)
        result = outcome(header["path"], content, header["parts"])
        signal.alarm(0)
        try:
            send_outcome(replies, result)
        except BrokenPipeError:
            return


def outcome(path: str | None, content: bytes = b"", max_parts: int = 1) -> Opened | Refused:
    """Open, shrink, strip and encode one file, or return why it is refused."""
    try:
        with source(path, content) as file:
            kind = detect(file.buffer[:HEAD_BYTES])
            if kind is None:
                raise Refused(Reason.TYPE)
            decoded = decode(file, kind, max_parts)
        parts = tuple(OpenedPart(encode(image), thumbnail(image)) for image in decoded.parts)
        return Opened(parts, decoded.animated, decoded.remarks)
    except Refused as refused:
        return refused
    except MemoryError:
        return Refused(Reason.MEMORY)
    except UNREADABLE:
        return Refused(Reason.UNREADABLE)


if __name__ == "__main__":
    main()
