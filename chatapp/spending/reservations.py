"""Reserve the most that a call can cost, by recording it before it is made.

What is used of a cap is the budget of its period and all calls that aren't summed yet, also those
that run: until a call is settled, it counts with what is reserved. A call is recorded under locks,
by a statement that adds up what is used, so calls that begin at the same instant in different
processes never exceed a cap together.
"""

import time
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection

from chatapp.spending import caps, locks, memory
from chatapp.spending.caps import Limit
from chatapp.spending.models import Budget, Cap, ModelCall
from chatapp.spending.periods import bounds

WARNING_SHARE = 0.8  # of a cap
KEPT = timedelta(days=70)  # budgets of ended periods: late calls are still settled

# One sum for each cap: of its budget, and of the calls that are in no kept sum.
USED = """
    COALESCE((SELECT used FROM {budgets} WHERE key = %s), 0) + COALESCE(SUM(CASE
        WHEN begun_at >= %s AND begun_at < %s {whose} THEN COALESCE(cost, reserved) ELSE 0 END), 0)
    AS used_{number}
"""
UNSUMMED = "SELECT {sums} FROM {calls} WHERE unsummed = 1"
RECORD = "INSERT INTO {calls} ({columns}) SELECT {marks} {source} WHERE {conditions}"
NO_CAPS = "(SELECT COUNT(*) FROM {caps}) = %s"
SAME_CAPS = (
    "(SELECT COUNT(*) FROM {caps}) = %s AND (SELECT SUM(amount) FROM {caps}) = %s"
    " AND NOT EXISTS (SELECT 1 FROM {caps} WHERE changed_at > %s)"
)


class NoRoom(Exception):
    """A cap leaves less than the least that would help: `left` micro-dollars, or none."""

    def __init__(self, limit: Limit, left: int) -> None:
        super().__init__(limit.key)
        self.limit = limit
        self.left = left


class Reserved(NamedTuple):
    amount: int
    near: list[Limit]  # caps most of which was used up before; each is returned once per period


def record(row: ModelCall, limits: Mapping[str, Limit], announced: Collection[str]) -> bool:
    """Record a call in one statement if all that is reserved for it fits, there is nothing to tell
    anybody, and the caps are those that this process knows."""
    bounds_of_use = [_bound(one, row.reserved, announced) for one in limits.values()]
    conditions = [f"used_{number} <= %s" for number in range(len(limits))]
    parameters: list[Any] = [*_values_of(row)]
    source = ""
    if limits:
        sums, summed = _sums(limits)
        source = f"FROM ({sums}) AS spent"
        parameters += summed
    same, version = _same_caps()
    quote = connection.ops.quote_name
    fields: Collection[Any] = ModelCall._meta.concrete_fields
    statement = RECORD.format(
        calls=_table(ModelCall),
        columns=", ".join(quote(field.column) for field in fields),
        marks=", ".join(["%s"] * len(fields)),
        source=source,
        conditions=" AND ".join([*conditions, same]),
    )
    names = _locks(limits)
    is_recorded = locks.execute(names, statement, [*parameters, *bounds_of_use, *version]) == 1
    if is_recorded:
        row._state.adding = False
        memory.note_low(one for one in limits.values() if not memory.is_high(one))
    return is_recorded


def reserve(
    limits: Mapping[str, Limit], wanted: int, least: int, announced: Collection[str] = ()
) -> Reserved:
    """Return how much of `wanted` micro-dollars fits, at least `least`, and lock the caps.

    Call it in a transaction, and record in it the call with that amount. Of the caps with the
    `announced` keys the caller tells the person. Raises NoRoom.
    """
    locks.take(*_locks(limits))
    used = used_of(limits)
    over, tightest = max((used[key] - one.cap.amount, key) for key, one in limits.items())
    if -over < least:
        raise NoRoom(limits[tightest], -over)
    high = [key for key, one in limits.items() if used[key] >= WARNING_SHARE * one.cap.amount]
    told = [key for key in high if key in announced and limits[key].cap.amount]
    new = Budget.objects.warn(told, _now()) if told else set()
    memory.note_told(limits[key] for key in told)
    return Reserved(min(wanted, -over), [limits[key] for key in told if key in new])


def check(limits: Mapping[str, Limit], least: int) -> None:
    """Raise NoRoom unless the least that would help fits now. Locks nothing, and asks the database
    only if this process doesn't know that there is much room."""
    if all(
        memory.is_low(one) and least <= (1 - WARNING_SHARE) * one.cap.amount
        for one in limits.values()
    ):
        return
    used = used_of(limits)
    for key, limit in limits.items():
        if used[key] + least > limit.cap.amount:
            raise NoRoom(limit, limit.cap.amount - used[key])


def used_of(limits: Mapping[str, Limit]) -> dict[str, int]:
    """Return what is used of each cap, by one query."""
    if not limits:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(*_sums(limits))
        used = dict(zip(limits, map(int, cursor.fetchone()), strict=True))
    for key, one in limits.items():
        note = memory.note_high if used[key] >= WARNING_SHARE * one.cap.amount else memory.note_low
        note([one])
    return used


def remove_old() -> None:
    Budget.objects.remove_older(_now() - int(KEPT.total_seconds()))


def _bound(limit: Limit, wanted: int, announced: Collection[str]) -> int:
    """Return how much may be used already for a call to be recorded at once: the first one after
    most is used up looks closer, because a reply tells the person."""
    bound = limit.cap.amount - wanted
    is_known = memory.is_high(limit) and (limit.key not in announced or memory.is_told(limit))
    return bound if is_known else min(bound, int(WARNING_SHARE * limit.cap.amount) - 1)


def _sums(limits: Mapping[str, Limit]) -> tuple[str, list[Any]]:
    """Return the query for what is used of each cap, and its parameters."""
    adapt = connection.ops.adapt_datetimefield_value
    person_field = ModelCall._meta.get_field("person")
    parts, parameters = [], []
    for number, limit in enumerate(limits.values()):
        begin, end = map(adapt, bounds(limit.period, limit.at))
        parameters += [limit.key, begin, end]
        if limit.person_id:
            parameters.append(person_field.get_db_prep_save(limit.person_id, connection))
        whose = "AND person_id = %s" if limit.person_id else ""
        parts.append(USED.format(budgets=_table(Budget), whose=whose, number=number))
    return UNSUMMED.format(sums=", ".join(parts), calls=_table(ModelCall)), parameters


def _same_caps() -> tuple[str, list[Any]]:
    """Return the condition that the caps are those that this process knows, and its parameters."""
    version = caps.version()
    table = _table(Cap)
    if not version.number:
        return NO_CAPS.format(caps=table), [0]
    changed_at = connection.ops.adapt_datetimefield_value(version.changed_at)
    return SAME_CAPS.format(caps=table), [version.number, version.total, changed_at]


def _values_of(row: ModelCall) -> list[Any]:
    return [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in ModelCall._meta.concrete_fields
    ]


def _locks(limits: Mapping[str, Limit]) -> set[str]:
    """Return the names of the locks: one for each person, and one for the instance."""
    return {limit.whose for limit in limits.values()}


def _table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _now() -> int:
    return int(time.time())
