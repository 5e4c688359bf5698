"""Decode a file to small, upright sRGB pixels without any metadata.

The codecs' errors are not caught here; `__main__` turns them into refusals.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image, ImageCms
from PIL.ExifTags import Base
from PIL.Image import Resampling, Transpose

from chatapp.images.formats import Format

from .parts import cut
from .pixels import Pixels
from .protocol import Reason, Refused, Remark
from .readers import read
from .source import Source

# A box filter shrinks to this multiple of the target before LANCZOS: much faster, same look.
REDUCING_GAP = 1.1
STRIP_ROWS = 64  # rows of the reduced image that are made at once

# How to turn the stored pixels upright: EXIF 2.32, section 4.6.4, tag 0x0112.
UPRIGHT = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}

SRGB = ImageCms.createProfile("sRGB")
LAB_TO_SRGB = ImageCms.buildTransform(ImageCms.createProfile("LAB"), SRGB, "LAB", "RGB")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Hold the (first) image of a file in mode RGB or RGBA, in one or more parts."""

    parts: list[Image.Image]
    animated: bool
    remarks: tuple[Remark, ...]


def decode(source: Source, kind: Format, max_parts: int) -> Decoded:
    """Decode, shrink and cut. Raises Refused and what the codecs raise."""
    pixels = read(source, kind, max_parts)
    found = {
        Remark.PAGE: pixels.has_more_pages,
        Remark.INCOMPLETE: pixels.is_incomplete,
        Remark.SMALL: pixels.plan.is_small,
    }
    remarks = tuple(remark for remark, applies in found.items() if applies)
    return Decoded(cut(_upright(pixels), pixels.plan.count), pixels.animated, remarks)


def _upright(pixels: Pixels) -> Image.Image:
    image = _shrink(pixels, pixels.plan.size)
    turn = UPRIGHT.get(_orientation(pixels.image)) if pixels.image else None
    if turn is not None:
        image = image.transpose(turn)
    return _to_srgb(image, pixels.profile)


def _shrink(pixels: Pixels, size: tuple[int, int]) -> Image.Image:
    """Return the image at `size` in mode L, RGB, CMYK or RGBA.

    Works strip by strip, so that the full size exists once only, in the codec's own layout.
    """
    width, height = pixels.size
    factor = max(1, int(max(width, height) / max(size) / REDUCING_GAP))
    small: Image.Image | None = None
    for top in range(0, height, factor * STRIP_ROWS):
        strip = pixels.rows(top, min(height, top + factor * STRIP_ROWS))
        strip = _plain_mode(strip, pixels.levels)
        strip = strip.reduce(factor) if factor > 1 else strip
        small = small or Image.new(strip.mode, (strip.width, -(-height // factor)))
        small.paste(strip, (0, top // factor))
    if small is None:
        raise Refused(Reason.UNREADABLE)
    box = (0, 0, width / factor, height / factor)
    small = small.resize(size, Resampling.LANCZOS, box)
    return small.convert("RGBA") if small.mode == "RGBa" else small


def _plain_mode(image: Image.Image, levels: tuple[float, float] | None) -> Image.Image:
    """Bring palettes, bitmaps, deep greys and key colours to L, RGB, CMYK or premultiplied RGBa."""
    if levels:
        # convert() would clip deeper values instead of scaling them. The key colour is lost.
        black, scale = levels[0], 255 / (levels[1] - levels[0])
        image = image.convert("F").point(lambda value: value * scale + (0.5 - black * scale))
        image = image.convert("L")
        image.info.pop("transparency", None)
    if image.mode == "LAB":
        return ImageCms.applyTransform(image, LAB_TO_SRGB) or image
    if image.mode == "RGBa":
        return image
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGBa")
    if image.mode in {"L", "RGB", "CMYK"}:
        return image
    return image.convert("L" if image.mode == "1" else "RGB")


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error):
        # Damaged EXIF is common and no reason to refuse the image.
        return 1
    return value if isinstance(value, int) else 1


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return RGB or RGBA in sRGB, free of everything but pixels."""
    alpha = image.getchannel("A") if image.mode == "RGBA" else None
    colours = image.convert("RGB") if alpha else image
    try:
        rgb = _apply_profile(colours, profile) if profile else colours.convert("RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # The profile is broken or for other channels (a grey profile in a colour image). Viewers
        # ignore such a profile, too.
        rgb = colours.convert("RGB")
    if alpha and alpha.getextrema() != (255, 255):
        rgb.putalpha(alpha)
    rgb.info.clear()
    return rgb


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    transform = ImageCms.buildTransform(source, SRGB, image.mode, "RGB")
    return ImageCms.applyTransform(image, transform) or image.convert("RGB")
