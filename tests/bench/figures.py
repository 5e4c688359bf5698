"""One measured figure and what it has to reach."""

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """`reach` is absolute, or holds for a machine on which the floor is `stated_floor`.

    Machines differ, so a figure with a floor holds when ours ÷ floor, both measured now, is at most
    reach ÷ stated floor. A stated floor of 1 makes `reach` a plain factor. Where this machine was
    compared with the one that `reach` is for by another quantity than the figure's own, `slowness`
    is how many times longer that takes here. Without a `reach` the figure is only reported. All
    values are in `unit`.
    """

    name: str
    unit: str
    ours: float
    reach: float | None = None
    floor: float | None = None
    stated_floor: float | None = None
    slowness: float = 1.0
    floor_name: str = "floor"
    others: str = ""
    statistic: str = ""
    samples: Sequence[float] = ()
    floor_samples: Sequence[float] = ()

    def __post_init__(self) -> None:
        if self.stated_floor is not None and (self.floor is None or self.floor <= 0):
            raise ValueError(f"{self.name}: the floor has to be measured in the same run")

    @property
    def limit(self) -> float | None:
        """Return what ours may be at most on this machine, now."""
        if self.reach is None:
            return None
        if self.stated_floor is None or self.floor is None:
            return self.reach if self.slowness == 1 else self.reach * self.slowness
        return self.reach / self.stated_floor * self.floor

    @property
    def holds(self) -> bool:
        return self.limit is None or self.ours <= self.limit

    @property
    def ratio(self) -> float | None:
        """Return ours ÷ floor, both measured now."""
        return self.ours / self.floor if self.floor else None


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that at least `share` of all samples do not exceed."""
    return sorted(samples)[max(0, math.ceil(share * len(samples)) - 1)]
