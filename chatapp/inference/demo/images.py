"""Measure facts about an image from its bytes: the demo model doesn't understand images."""

from __future__ import annotations

import base64
import io
from collections import Counter
from urllib.parse import urlsplit

from PIL import Image

UNLUCKY = (13, 13)  # pixels
MAX_PIXELS = 50_000_000  # about 200 MB when decoded
SAMPLE_SIDE = 64  # pixels; enough for shares in percent
MAX_COLOURS = 4
TOO_LARGE = "The image is too large for the demo model to look at its colours."
MIN_SHARE = 0.02  # of the image; a smaller share is noise of compression

NAMES = {
    "black": (0, 0, 0),
    "grey": (128, 128, 128),
    "light grey": (200, 200, 200),
    "white": (255, 255, 255),
    "red": (220, 20, 30),
    "orange": (255, 140, 0),
    "yellow": (255, 225, 25),
    "green": (30, 150, 50),
    "light green": (140, 230, 120),
    "turquoise": (60, 200, 200),
    "blue": (30, 60, 220),
    "light blue": (120, 180, 240),
    "purple": (130, 40, 160),
    "pink": (250, 130, 190),
    "brown": (130, 75, 30),
    "beige": (235, 215, 180),
}

Colour = tuple[int, int, int]


def is_refused(url: str) -> bool:
    """Return whether the demo refuses this image, as the service refuses an unusable one.

    Links to a host that can't exist and images of 13 by 13 pixels are refused, so that people and
    tests can try it.
    """
    if not url.startswith("data:"):
        return (urlsplit(url).hostname or "").endswith(".invalid")
    try:
        with Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) as image:
            return image.size == UNLUCKY
    except (Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return False  # `describe` reports what is wrong with it


def describe(url: str) -> str:
    """Return a sentence about the image at `url`; every failure is a sentence too."""
    if not url.startswith("data:"):
        return "The image is a link. I don't fetch links, so I haven't seen it."
    try:
        return _measure(base64.b64decode(url.partition(",")[2], validate=True))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        return TOO_LARGE
    # binascii.Error is a ValueError, Pillow's UnidentifiedImageError an OSError.
    except (OSError, SyntaxError, ValueError):
        return "The image is broken: its bytes can't be decoded."


def _measure(data: bytes) -> str:
    with Image.open(io.BytesIO(data)) as image:
        facts = f"{image.format}, {image.width} x {image.height} pixels"
        if image.width * image.height > MAX_PIXELS:
            return f"{facts}. {TOO_LARGE}"
        image.draft("RGB", (SAMPLE_SIDE * 4, SAMPLE_SIDE * 4))  # JPEG: decode a small copy
        colours = ", ".join(
            f"{name} (`#{r:02x}{g:02x}{b:02x}`, {share:.0%})"
            for name, (r, g, b), share in _dominant(image)
        )
        return f"{facts}. Main colours: {colours}."


def _dominant(image: Image.Image) -> list[tuple[str, Colour, float]]:
    """Return up to four colours, largest first: name, most common shade, share of the image.

    Sampled without blending, so that a flat colour keeps its exact value.
    """
    opaque = Image.new("RGB", (SAMPLE_SIDE, SAMPLE_SIDE), "white")
    sample = image.convert("RGBA").resize(opaque.size, Image.Resampling.NEAREST)
    opaque.paste(sample, mask=sample.getchannel("A"))
    raw = opaque.tobytes()
    shades = Counter(zip(raw[0::3], raw[1::3], raw[2::3], strict=True))
    names: dict[str, Counter[Colour]] = {}
    for shade, count in shades.items():
        names.setdefault(_name(shade), Counter())[shade] = count
    pixels = SAMPLE_SIDE * SAMPLE_SIDE
    ranked = sorted(
        ((name, c.most_common(1)[0][0], c.total() / pixels) for name, c in names.items()),
        key=lambda entry: -entry[2],
    )
    return [entry for entry in ranked[:MAX_COLOURS] if entry[2] >= MIN_SHARE]


def _name(shade: Colour) -> str:
    def distance(name: str) -> int:
        return sum((a - b) ** 2 for a, b in zip(shade, NAMES[name], strict=True))

    return min(NAMES, key=distance)
