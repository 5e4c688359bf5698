"""From the bytes of a file to small, upright sRGB pixels without any metadata.

Pillow's errors pass through here as they are; `processing.prepare` turns them into refusals.
"""

from __future__ import annotations

import io
import struct

from PIL import Image, ImageCms
from PIL.ExifTags import Base
from PIL.GifImagePlugin import GifImageFile
from PIL.Image import Resampling, Transpose
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.WebPImagePlugin import WebPImageFile

from . import formats
from .errors import ImageUnreadable
from .formats import Format

# The models see no more than this: anything longer is scaled down on their side, and paid for.
MAX_EDGE = 1_568  # pixels

# A box filter down to this multiple of the target before LANCZOS: much faster, looks the same.
REDUCING_GAP = 2.0

# EXIF 2.32, section 4.6.4, tag 0x0112: what to do with the stored pixels to see them upright.
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


def decode(content: bytes, kind: Format) -> Image.Image:
    """Return the (first) picture in mode RGB or RGBA, at most MAX_EDGE pixels on its long edge.

    Raises ImageTooLarge or ImageUnreadable before any pixel is decoded, and Pillow's errors.
    """
    image = _open(content, kind)
    size = fit(image.size)
    # Decodes a JPEG at 1/2, 1/4 or 1/8, in a fraction of the time and memory; others ignore it.
    image.draft(None, size)
    image.load()
    turn = UPRIGHT.get(_orientation(image))
    profile = image.info.get("icc_profile")
    # One name for all stages: the full-size pixels of one are freed before the next needs memory.
    image = _plain_mode(image)
    image = image.resize(size, Resampling.LANCZOS, reducing_gap=REDUCING_GAP)
    if turn is not None:
        image = image.transpose(turn)
    return _to_srgb(image, profile)


def fit(size: tuple[int, int]) -> tuple[int, int]:
    """Scale a size in pixels down to MAX_EDGE on the long edge; the short one stays at least 1."""
    scale = min(1.0, MAX_EDGE / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _open(content: bytes, kind: Format) -> Image.Image:
    # The readers are named directly: Image.open would hand some JPEGs on to the reader for
    # multi-picture files, and it measures a picture only after the WebP reader took its memory.
    file = io.BytesIO(content)
    image: Image.Image
    match kind:
        case Format.JPEG:
            jpeg = JpegImageFile(file)
            limit = formats.check_jpeg_scans(
                content, file.tell(), jpeg.layers, "progressive" in jpeg.info
            )
            image = jpeg
        case Format.PNG:
            image, limit = PngImageFile(file), formats.MAX_PIXELS_PNG
        case Format.GIF:
            image, limit = GifImageFile(file), formats.MAX_PIXELS_GIF
        case Format.WEBP:
            limit = formats.MAX_PIXELS_WEBP
            formats.check_pixels(formats.webp_size(content), limit)
            image = WebPImageFile(file)
    formats.check_pixels(image.size, limit)
    return image


def _orientation(image: Image.Image) -> int:
    try:
        value = image.getexif().get(Base.Orientation, 1)
    except (OSError, SyntaxError, ValueError, KeyError, TypeError, struct.error, Warning):
        # Damaged EXIF is common and no reason to lose the picture.
        return 1
    return value if isinstance(value, int) else 1


def _plain_mode(image: Image.Image) -> Image.Image:
    """Bring palettes, bitmaps, 16-bit grey and key colours to L, RGB, CMYK, LA or RGBA.

    Raises ImageUnreadable for a palette picture without its palette.
    """
    if image.mode == "I;16":
        # convert() clips 16-bit values instead of scaling them; a key colour means nothing then.
        image = image.point(lambda value: value * (1 / 256)).convert("L")
        image.info.pop("transparency", None)
    if image.mode == "P" and image.palette is None:
        raise ImageUnreadable()
    if image.mode in {"LA", "RGBA", "CMYK"}:
        return image
    if image.has_transparency_data:
        return image.convert("RGBA")
    if image.mode in {"1", "L"}:
        return image.convert("L")
    return image.convert("RGB")


def _to_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return RGB or RGBA in sRGB, free of everything but pixels."""
    alpha = image.getchannel("A") if image.mode in {"LA", "RGBA"} else None
    colours = image.convert(image.mode.removesuffix("A")) if alpha else image
    try:
        rgb = _apply_profile(colours, profile) if profile else colours.convert("RGB")
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken profile, or one for other channels (a grey profile in a colour picture): every
        # viewer then takes the numbers as they are.
        rgb = colours.convert("RGB")
    if alpha and alpha.getextrema() != (255, 255):
        rgb.putalpha(alpha)
    rgb.info.clear()
    return rgb


def _apply_profile(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    transform = ImageCms.buildTransform(source, SRGB, image.mode, "RGB")
    return ImageCms.applyTransform(image, transform) or image.convert("RGB")
