"""Sums over calls, made by the database. Running calls count once they have ended."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet, Sum

from chatapp.accounts.models import Person
from chatapp.spending.days import begin_of
from chatapp.spending.models import ModelCall

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
    def of(cls, values: dict[str, Any]) -> Self:
        return cls(**{name: int(values[name] or 0) for name in NAMES})

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) + getattr(other, name) for name in NAMES))

    def __sub__(self, other: "Sums") -> "Sums":
        return Sums(*(getattr(self, name) - getattr(other, name) for name in NAMES))

    @property
    def tokens(self) -> int:
        return self.input_tokens + self.output_tokens


NAMES = tuple(field.name for field in fields(Sums))
# Those that are named as a column come last: from then on the name means the sum.
AGGREGATES: dict[str, Any] = {
    "calls": Count("*"),
    "estimated": Count("begun_at", filter=Q(is_estimated=True)),
    "unpriced": Count("begun_at", filter=Q(cost=None)),
    "cost": Sum("cost"),
    "input_tokens": Sum("input_tokens"),
    "output_tokens": Sum("output_tokens"),
}
# Each day is a range of the index. Grouping all calls by their days would compute the day of each,
# and joining a list of days makes Postgres compare each call with all of them.
OF_A_DAY = """
SELECT %s, model, purpose, COUNT(*), SUM(cost), SUM(input_tokens), SUM(output_tokens),
  SUM(CASE WHEN is_estimated THEN 1 ELSE 0 END), SUM(CASE WHEN cost IS NULL THEN 1 ELSE 0 END)
FROM {table} WHERE begun_at >= %s AND begun_at < %s AND state <> %s {whose} GROUP BY model, purpose
"""


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


def daily(person: Person | None, days: Sequence[date]) -> list[DayPart]:
    """Return the sums of each of these days, by model and purpose."""
    adapt = connection.ops.adapt_datetimefield_value
    whose, owner = "", []
    if person is not None:
        field = Person._meta.pk
        whose, owner = "AND person_id = %s", [field.get_db_prep_value(person.pk, connection)]
    values: list[Any] = []
    for number, day in enumerate(days):
        bounds = (adapt(begin_of(day)), adapt(begin_of(day + timedelta(days=1))))
        values += [number, *bounds, ModelCall.State.RUNNING.value, *owner]
    table = connection.ops.quote_name(ModelCall._meta.db_table)
    statement = "UNION ALL".join([OF_A_DAY.format(table=table, whose=whose)] * len(days))
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        rows = cursor.fetchall()
    return [
        DayPart(days[number], model, purpose, Sums(*(int(value or 0) for value in values)))
        for number, model, purpose, *values in rows
    ]


def by(calls: "QuerySet[ModelCall]", column: str) -> list[tuple[UUID | None, Sums]]:
    """Return the sums for each value of a column, the most expensive first."""
    rows = calls.values(column).annotate(**AGGREGATES).order_by()
    found = [(row[column], Sums.of(row)) for row in rows]
    return sorted(found, key=lambda row: (row[1].cost, row[1].tokens), reverse=True)


def total(parts: Iterable[Sums]) -> Sums:
    return sum(parts, Sums())
