"""Decide how large an image becomes, and cut a long one into parts that stay readable.

The model scales every image down to MAX_EDGE on its long edge and to about 1.2 megapixels. A
screenshot of a whole page would become a strip too thin to read, so it is sent as several images.
"""

from __future__ import annotations

from dataclasses import dataclass

from PIL import Image

# Models scale longer images down to this, and the larger size is paid for.
MAX_EDGE = 1_568  # pixels
MAX_TOKENS_EDGE = 784  # pixels of the short edge of a part; MAX_EDGE times this is 1,568 tokens
OVERLAP = 56  # pixels that a part repeats of the one before, so that no line of text is lost

# Less extreme shapes stay readable in one image, and one that shrinks only a little stays whole.
MIN_RATIO = 3.0
MAX_SCALE = 0.6
MIN_SHORT_EDGE = 100  # pixels; a line or a border, not a page

# Below this, text of a screenshot gets smaller than what a model reads reliably.
READABLE_EDGE = 400  # pixels
READABLE_SCALE = 0.5

# Decoding, shrinking and cutting share the worker's memory: the larger the file, the smaller the
# parts. Pixels of the file, and the most that its edges are scaled by.
MEMORY_SCALES = ((35_000_000, 1 / 4.4), (20_000_000, 1 / 2.2))


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold the size to shrink an image to, in how many parts it is then cut, and whether small
    details get lost."""

    size: tuple[int, int]
    count: int
    is_small: bool


def plan(size: tuple[int, int], max_parts: int) -> Plan:
    """Plan an image of this size in pixels; `max_parts` 1 means in one piece."""
    short, long = sorted(size)
    scale, edge = min(1.0, MAX_EDGE / long), MAX_EDGE
    is_long = long >= MIN_RATIO * short and scale <= MAX_SCALE and short >= MIN_SHORT_EDGE
    if is_long and max_parts > 1:
        edge = max_parts * (MAX_EDGE - OVERLAP) + OVERLAP
        scale = min(1.0, MAX_TOKENS_EDGE / short, edge / long, _scale_for_memory(short * long))
    shrunk = fit(size, min(edge, round(long * scale)))
    is_small = is_long and scale < READABLE_SCALE and short * scale < READABLE_EDGE
    return Plan(shrunk, _count(max(shrunk)), is_small)


def cut(image: Image.Image, count: int) -> list[Image.Image]:
    """Cut along the long edge into `count` parts of the same length, in reading order."""
    if count == 1:
        return [image]
    width, height = image.size
    long = max(image.size)
    length = -(-(long + (count - 1) * OVERLAP) // count)
    starts = [round(number * (long - length) / (count - 1)) for number in range(count)]
    if height > width:
        return [image.crop((0, start, width, start + length)) for start in starts]
    return [image.crop((start, 0, start + length, height)) for start in starts]


def fit(size: tuple[int, int], edge: int = MAX_EDGE) -> tuple[int, int]:
    """Scale a size in pixels down to `edge` on the long edge; the short one stays at least 1."""
    scale = min(1.0, edge / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _count(long: int) -> int:
    return max(1, -(-(long - OVERLAP) // (MAX_EDGE - OVERLAP)))


def _scale_for_memory(pixels: int) -> float:
    return next((scale for limit, scale in MEMORY_SCALES if pixels > limit), 1.0)
