"""What a bomb is: a text that the model may write, the same in every size from 3 KB to 1 MB."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

SIZES = {"3 KB": 3_000, "20 KB": 20_000, "100 KB": 100_000, "1 MB": 1_000_000}  # characters


@dataclass(frozen=True, slots=True)
class Bomb:
    """`text` takes a size in characters and always gives the same text of about that size."""

    name: str
    text: Callable[[int], str]


def repeated(name: str, unit: str, *, before: str = "", after: str = "") -> Bomb:
    """As many whole units as fit, between what stands once."""

    def text(size: int) -> str:
        count = (size - len(before) - len(after)) // len(unit)
        return before + unit * max(1, count) + after

    return Bomb(name, text)


def mirrored(name: str, opening: str, closing: str, *, inside: str = "a") -> Bomb:
    """Openings, something inside, and as many closings."""

    def text(size: int) -> str:
        count = max(1, (size - len(inside)) // (len(opening) + len(closing)))
        return opening * count + inside + closing * count

    return Bomb(name, text)


def numbered(name: str, unit: str, *, before: str = "", after: str = "") -> Bomb:
    """Like `repeated`, with the number of the unit in place of each `#`."""

    def text(size: int) -> str:
        return before + up_to(size, (unit.replace("#", str(n)) for n in range(size))) + after

    return Bomb(name, text)


def up_to(size: int, units: Iterable[str]) -> str:
    """The first units that fill a size together."""
    taken, length = [], 0
    for unit in units:
        if length and length + len(unit) > size:
            break
        taken.append(unit)
        length += len(unit)
    return "".join(taken)
