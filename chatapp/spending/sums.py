"""Sums over calls that have ended, as the usage pages show them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db.models import Q, QuerySet, Sum

from chatapp.accounts.models import Person
from chatapp.spending.days import begin_of
from chatapp.spending.models import DaySum, ModelCall

ENDED = ~Q(state=ModelCall.State.RUNNING)


@dataclass(frozen=True, slots=True)
class Sums:
    """What calls used. `cost` is in micro-dollars; `unpriced` calls count in tokens only."""

    calls: int = 0
    cost: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: int = 0
    unpriced: int = 0

    @classmethod
    def of(cls, row: Any) -> Self:
        """Return what a row of kept sums has, or one that the database added up from some."""
        return cls(*(int(getattr(row, name)) for name in NAMES))

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) - getattr(other, name) for name in NAMES))

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


NAMES = tuple(field.name for field in fields(Sums))
AGGREGATES = {name: Sum(name) for name in NAMES}


class DayPart(NamedTuple):
    """The calls of one day to one model for one purpose."""

    day: date
    model: str
    purpose: str
    sums: Sums


def ended_calls(person: Person | None, first: date, end: date) -> "QuerySet[ModelCall]":
    """Return the calls from one day to before another, of a person or of everybody."""
    calls = ModelCall.objects.filter(
        ENDED, begun_at__gte=begin_of(first), begun_at__lt=begin_of(end)
    )
    return calls if person is None else calls.filter(person=person)


def daily(person: Person | None, first: date, end: date) -> list[DayPart]:
    """Return the kept sums of each day by model and purpose, of a person or of everybody."""
    rows = _days(first, end)
    if person is not None:
        rows = rows.filter(person=person)
    columns = ("day", "model", "purpose")
    return [
        DayPart(row.day, row.model, row.purpose, Sums.of(row)) for row in _added_up(rows, *columns)
    ]


def by_person(
    first: date, end: date, ids: Collection[UUID] | None = None
) -> dict[UUID | None, Sums]:
    """Return the kept sums of these people by their ids, or of everybody, None for those who are
    gone."""
    rows = _days(first, end)
    if ids is not None:
        rows = rows.filter(person__in=ids)
    return {row.person: Sums.of(row) for row in _added_up(rows, "person")}


def total(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())


def _days(first: date, end: date) -> "QuerySet[DaySum]":
    return DaySum.objects.filter(day__gte=first, day__lt=end)


def _added_up(rows: "QuerySet[DaySum]", *columns: str) -> Iterable[Any]:
    added = rows.values(*columns).annotate(**AGGREGATES).order_by()
    return added.values_list(*columns, *NAMES, named=True)
