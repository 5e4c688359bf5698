"""From pixels to the bytes that are kept and sent to the model."""

from __future__ import annotations

import io

from PIL import Image
from PIL.Image import Resampling

from .formats import Format

# The service takes 5 MB of base64, which is 3.9 MB of bytes; this leaves room.
MAX_ENCODED_BYTES = 3_500_000
JPEG_QUALITY = 85
WEBP_QUALITY = 85
SHRINK = 0.75  # of each edge, when the encoded picture is still above the limit


def encode(image: Image.Image) -> tuple[bytes, Format, tuple[int, int]]:
    """Encode an RGB or RGBA picture in at most MAX_ENCODED_BYTES.

    Returns the bytes, their format and the size in pixels, which is smaller than the given one when
    the picture did not fit. The same pixels always give the same bytes.
    """
    content, kind = _encode(image)
    while len(content) > MAX_ENCODED_BYTES and max(image.size) > 1:
        width, height = image.size
        smaller = max(1, int(width * SHRINK)), max(1, int(height * SHRINK))
        image = image.resize(smaller, Resampling.LANCZOS)
        content, kind = _encode(image)
    return content, kind, image.size


def _encode(image: Image.Image) -> tuple[bytes, Format]:
    buffer = io.BytesIO()
    if image.mode == "RGB":
        image.save(buffer, "JPEG", quality=JPEG_QUALITY, progressive=True, optimize=True)
        return buffer.getvalue(), Format.JPEG
    image.save(buffer, "PNG")
    if buffer.tell() <= MAX_ENCODED_BYTES:
        return buffer.getvalue(), Format.PNG
    # A photo with a soft edge: several times larger as PNG.
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=WEBP_QUALITY)
    return buffer.getvalue(), Format.WEBP
