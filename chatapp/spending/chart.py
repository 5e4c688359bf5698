"""The chart of a month's days: bars that need no script and no inline style."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chatapp.spending.sums import Sums

HEIGHT = 100  # units of the drawing
STEP = 10  # from bar to bar
GAP = 2


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    sums: Sums
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of money, or of tokens where no call has a price."""

    bars: Sequence[Bar]
    highest: Bar | None  # the most expensive day, None without calls
    is_of_tokens: bool

    @property
    def width(self) -> int:
        return len(self.bars) * STEP - GAP

    @property
    def first(self) -> date:
        return self.bars[0].day

    @property
    def last(self) -> date:
        return self.bars[-1].day


def draw(days: Sequence[tuple[date, Sums]]) -> Chart:
    is_of_tokens = not any(sums.cost for _day, sums in days)
    values = [sums.tokens if is_of_tokens else sums.cost for _day, sums in days]
    most = max(values, default=0)
    bars = []
    for number, ((day, sums), value) in enumerate(zip(days, values, strict=True)):
        # The smallest amount can still be seen.
        height = max(1, value * HEIGHT // most) if value else 0
        bars.append(Bar(day, sums, number * STEP, HEIGHT - height, height))
    highest = bars[values.index(most)] if most else None
    return Chart(bars, highest, is_of_tokens)
