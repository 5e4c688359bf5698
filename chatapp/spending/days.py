"""The days and months that the usage pages show, in the time zone of this site."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Self

from django.utils import timezone

from chatapp.spending.periods import Period, first_day, zone

CHART_DAYS = 30
FIRST_YEAR = 2000  # of a month that a page may show


def today() -> date:
    return first_day(Period.DAY, timezone.now())


def begin_of(day: date) -> datetime:
    return datetime.combine(day, time.min, zone())


@dataclass(frozen=True, slots=True)
class Month:
    """A month by its first day."""

    first: date

    @classmethod
    def current(cls) -> Self:
        return cls(today().replace(day=1))

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the month that an address names as 2026-11, else the current one."""
        try:
            first = datetime.strptime(text, "%Y-%m").date()
        except ValueError:
            return cls.current()
        current = cls.current()
        return cls(first) if first.year >= FIRST_YEAR and first <= current.first else current

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def is_current(self) -> bool:
        return self.first == today().replace(day=1)

    @property
    def end(self) -> date:
        """Return the first day of the next month."""
        return (self.first + timedelta(days=31)).replace(day=1)

    @property
    def before(self) -> "Month":
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def after(self) -> "Month | None":
        return None if self.is_current else Month(self.end)

    @property
    def days_shown(self) -> list[date]:
        """Return the days of the chart: the last 30 for the current month, else its own."""
        if self.is_current:
            last = today()
            return [last - timedelta(days=back) for back in range(CHART_DAYS - 1, -1, -1)]
        count = (self.end - self.first).days
        return [self.first + timedelta(days=number) for number in range(count)]
