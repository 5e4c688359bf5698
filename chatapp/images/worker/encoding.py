"""Encode pixels as the bytes that are stored and sent to the model."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from PIL import Image
from PIL.Image import Resampling

from chatapp.images.formats import Format

from .limits import MAX_ENCODED_BYTES, THUMBNAIL_EDGE
from .parts import fit
from .protocol import Encoded

AIM_BYTES = 1_000_000  # so that a message of ten images fits into one request
QUALITIES = (85, 75, 65)  # of JPEG and WebP; the first within the aim is taken, else the last
SHRINK = 0.75  # of each edge, when the encoded image is still above the limit

THUMBNAIL_AIM_BYTES = 12_000
THUMBNAIL_QUALITIES = (75, 60, 45)


def encode(image: Image.Image) -> Encoded:
    """Encode an RGB or RGBA image in at most MAX_ENCODED_BYTES, if possible within AIM_BYTES.

    If the image doesn't fit, the result has fewer pixels. The same pixels always become the same
    bytes.
    """
    encoded = _encode(image)
    while len(encoded.content) > MAX_ENCODED_BYTES and max(image.size) > 1:
        width, height = image.size
        smaller = max(1, int(width * SHRINK)), max(1, int(height * SHRINK))
        image = image.resize(smaller, Resampling.LANCZOS)
        encoded = _encode(image)
    return encoded


def thumbnail(image: Image.Image) -> Encoded:
    """Return a WebP of some kilobytes, at most THUMBNAIL_EDGE pixels on the long edge."""
    image = image.resize(fit(image.size, THUMBNAIL_EDGE), Resampling.LANCZOS, reducing_gap=2.0)
    return _lossy(image, Format.WEBP, THUMBNAIL_QUALITIES, THUMBNAIL_AIM_BYTES, alpha_quality=70)


def _encode(image: Image.Image) -> Encoded:
    if image.mode == "RGB":
        return _lossy(image, Format.JPEG, QUALITIES, AIM_BYTES, progressive=True, optimize=True)
    lossless = _saved(image, Format.PNG)
    if len(lossless.content) <= AIM_BYTES:
        return lossless
    # A photo with a soft edge: several times larger as PNG.
    return _lossy(image, Format.WEBP, QUALITIES, AIM_BYTES, method=2)


def _lossy(
    image: Image.Image, kind: Format, qualities: Sequence[int], aim: int, **options: Any
) -> Encoded:
    for quality in qualities[:-1]:
        encoded = _saved(image, kind, quality=quality, **options)
        if len(encoded.content) <= aim:
            return encoded
    return _saved(image, kind, quality=qualities[-1], **options)


def _saved(image: Image.Image, kind: Format, **options: Any) -> Encoded:
    buffer = io.BytesIO()
    image.save(buffer, kind.name, **options)
    return Encoded(buffer.getvalue(), kind.value, *image.size)
