"""Describe the change of a block's HTML, as short as possible."""

from typing import NamedTuple

_USUAL_CHANGE = 16


class BlockPatch(NamedTuple):
    """Keep the first `kept` UTF-16 code units of block `index`'s inner HTML, and add `html`.

    In the browser: `inner = old.slice(0, kept) + html`, where `old` is "" for a new block. A block
    that becomes empty is removed; only the last blocks can.
    """

    index: int  # type: ignore[assignment]  # shadows tuple.index on purpose
    kept: int
    html: str


def difference(index: int, old: str, new: str) -> BlockPatch:
    """Return the patch that turns `old` into `new`."""
    kept = _common_prefix(old, new)
    return BlockPatch(index, utf16_units(new[:kept]), new[kept:])


def utf16_units(text: str) -> int:
    """Return the length of `text` as JavaScript counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le")) // 2


def _common_prefix(old: str, new: str) -> int:
    # Slices are compared in C; os.path.commonprefix is a loop in Python and far slower.
    low, high = 0, min(len(old), len(new))
    # Most often only the very end has changed.
    if high > _USUAL_CHANGE and old[: high - _USUAL_CHANGE] == new[: high - _USUAL_CHANGE]:
        low = high - _USUAL_CHANGE
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
