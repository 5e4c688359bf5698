"""An uploaded file becomes a small, upright, anonymous picture, or is refused with a sentence."""

from __future__ import annotations

import hashlib
import struct
import threading
import unicodedata
import zlib
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext
from PIL import UnidentifiedImageError
from PIL.Image import DecompressionBombError

from .decoding import decode
from .encoding import encode
from .errors import ImageTooLarge, ImageUnreadable
from .formats import detect

MAX_UPLOAD_BYTES = 20 * 1024 * 1024
MAX_NAME_LENGTH = 200  # characters

# What Pillow raises for files that are cut short, damaged or made to hurt. Warning stands for its
# remarks about odd files, which are exceptions where warnings count as errors; AssertionError for
# what its readers take for granted about a file.
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
    struct.error,
    zlib.error,
    Warning,
)


class Readable(Protocol):
    """A binary file, or what Django makes of an upload."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class PreparedImage:
    """A picture ready to be kept: JPEG, or PNG or WebP where it is see-through.

    `width` and `height` are pixels of the upright picture, `sha256` is the hex digest of `content`.
    """

    content: bytes
    content_type: str
    width: int
    height: int
    sha256: str
    name: str


_one_at_a_time = threading.Lock()


def prepare(file: Readable, name: str) -> PreparedImage:
    """Check, shrink, turn upright, strip and re-encode an uploaded picture.

    Takes JPEG, PNG, WebP and GIF (first frame) of up to MAX_UPLOAD_BYTES and returns at most 1,568
    pixels on the long edge and 3.5 MB (Anthropic's vision guide; 5 MB of base64 on Bedrock).
    Raises ImageRefused, and nothing of Pillow's. Uses a core and up to 250 MB of memory for
    as long as it runs, so pictures wait for each other: call it outside the event loop.
    """
    with _one_at_a_time:
        return _prepare(file, name)


def _prepare(file: Readable, name: str) -> PreparedImage:
    content = file.read(MAX_UPLOAD_BYTES + 1)
    if len(content) > MAX_UPLOAD_BYTES:
        raise ImageTooLarge.in_bytes(MAX_UPLOAD_BYTES)
    if not content:
        raise ImageUnreadable()
    kind = detect(content)
    try:
        encoded, encoded_kind, (width, height) = encode(decode(content, kind))
    except MemoryError as error:
        raise ImageTooLarge.in_memory() from error
    except UNREADABLE as error:
        raise ImageUnreadable() from error
    return PreparedImage(
        content=encoded,
        content_type=encoded_kind.value,
        width=width,
        height=height,
        sha256=hashlib.sha256(encoded).hexdigest(),
        name=clean_name(name),
    )


def clean_name(name: str) -> str:
    """The last part of a path on any system, without control or direction characters."""
    base = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(
        " " if char.isspace() else char
        for char in base
        if char.isspace() or not unicodedata.category(char).startswith("C")
    )
    return " ".join(visible.split())[:MAX_NAME_LENGTH].strip() or gettext("Picture")
