"""What a reader returns, and how many pixels each format may have.

The limits are measured so that the whole worker stays under 300 MB. Bytes per pixel at the peak: a
JPEG in one scan is decoded line by line, already scaled down; a JPEG in several scans keeps its
coefficients (3 with the usual subsampling, 6 without); GIF 1; PNG, BMP and TIFF 4, as long as
nothing makes a second full-size copy; HEIC 5 in tiles, as phones write it, 6 in one piece; AVIF 9;
WebP 16 to 20.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from chatapp.images.formats import Format

from .parts import Plan
from .protocol import Reason, Refused

STRIP_ROWS = 64  # that are looked at together

MAX_PIXELS = {
    Format.JPEG: 64_000_000,
    Format.PNG: 50_000_000,
    Format.GIF: 64_000_000,
    Format.WEBP: 14_000_000,
    Format.AVIF: 24_000_000,
    Format.HEIC: 50_000_000,
    Format.BMP: 50_000_000,
    Format.TIFF: 50_000_000,
}


@dataclass(frozen=True, slots=True)
class Pixels:
    """Hold a decoded image; `rows(top, bottom)` returns a part of it, in any mode of Pillow's.

    `image` knows the orientation, None if the codec has already turned it. `levels` are the values
    of black and white where they aren't those of the mode. `is_incomplete`: the file ends early or
    is damaged inside, and this is what could be read of it.
    """

    size: tuple[int, int]
    plan: Plan
    rows: Callable[[int, int], Image.Image]
    profile: bytes | None
    image: Image.Image | None = None
    levels: tuple[float, float] | None = None
    animated: bool = False
    has_more_pages: bool = False
    is_incomplete: bool = False

    @property
    def is_blank(self) -> bool:
        """Return whether one colour is all there is: nothing of a damaged file could be read."""
        height = self.size[1]
        colours = set()
        for top in range(0, height, STRIP_ROWS):
            ranges = self.rows(top, min(height, top + STRIP_ROWS)).getextrema()
            bands = ranges if isinstance(ranges[0], tuple) else (ranges,)
            if any(low != high for low, high in bands):
                return False
            colours.add(tuple(bands))
        return len(colours) == 1


def check_pixels(size: tuple[int, int], limit: int) -> None:
    if size[0] * size[1] > limit:
        raise Refused(Reason.PIXELS, limit)
