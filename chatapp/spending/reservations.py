"""Reserve the most that a call can cost before it is made, and give back what it didn't.

The rows of its budgets are locked while they are compared with the caps, so calls that begin at
the same instant in different processes never exceed one together.
"""

import time
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from chatapp.spending import caps
from chatapp.spending.caps import SITE, Limit
from chatapp.spending.models import Budget, ModelCall
from chatapp.spending.models.budget import Used
from chatapp.spending.periods import bounds

# For so long after a cap was set or a period has begun a budget is added up anew each time: other
# processes may not know of the cap yet, and calls may have begun while the row was made.
FRESH = timedelta(seconds=60)
WARNING_SHARE = 0.8  # of a cap
KEPT = timedelta(days=70)  # budgets of ended periods: late calls are still settled


class NoRoom(Exception):
    """A cap leaves less than the least that would help: `left` micro-dollars, or none."""

    def __init__(self, limit: Limit, left: int) -> None:
        super().__init__(limit.key)
        self.limit = limit
        self.left = left


class BudgetMissing(Exception):
    """No call has been made in this period; `create` makes the rows."""


class Reserved(NamedTuple):
    amount: int
    near: list[Limit]  # caps most of which was used up before; each is returned once per period


def reserve(
    limits: Mapping[str, Limit],
    counted: Collection[str],
    wanted: int,
    least: int,
    announced: Collection[str] = (),
) -> Reserved:
    """Reserve `wanted` micro-dollars, or if they don't fit what is left, but at least `least`.

    The call counts towards all budgets with the `counted` keys, also while no cap limits them: one
    may again, for example once a person has their old role back. Call it in a transaction, and
    record in it what was reserved. Of the caps with the `announced` keys the caller tells the
    person. Raises NoRoom, BudgetMissing.
    """
    used = _locked(limits, counted, wanted)
    over, tightest = max((used[key].used - one.cap.amount, key) for key, one in limits.items())
    if wanted - over < least:
        raise NoRoom(limits[tightest], wanted - over)
    amount = min(wanted, wanted - over)
    if amount < wanted:
        Budget.objects.add(dict.fromkeys(counted, amount - wanted))
    near = [
        one
        for key, one in limits.items()
        if key in announced
        and not used[key].has_warned
        and used[key].used - wanted >= WARNING_SHARE * one.cap.amount > 0
    ]
    if near:
        Budget.objects.filter(key__in=[one.key for one in near]).update(has_warned=True)
    return Reserved(amount, near)


def create(limits: Mapping[str, Limit]) -> None:
    """Create the budgets that are missing, outside the transaction of `reserve`."""
    Budget.objects.create_missing(limits, _now())


def check(limits: Mapping[str, Limit], least: int) -> None:
    """Raise NoRoom unless the least that would help fits now. Locks nothing."""
    rows = {row.key: row for row in Budget.objects.filter(key__in=limits)}
    for key, limit in limits.items():
        row = rows.get(key)
        used = _from_ledger(limit) if row is None or _is_fresh(row, limit) else row.used
        if used + least > limit.cap.amount:
            raise NoRoom(limit, limit.cap.amount - used)


def change(changes: Collection[tuple[UUID | None, datetime, int]]) -> None:
    """Add to what is used: for each call whose it is, when it began, and micro-dollars. Call it in
    the transaction that changes the ledger, and last: nothing else is locked after a budget."""
    if not caps.known():
        return
    amounts: dict[str, int] = {}
    for person_id, begun_at, amount in changes:
        for key in caps.keys_of(person_id, begun_at):
            amounts[key] = amounts.get(key, 0) + amount
    Budget.objects.add({key: amount for key, amount in amounts.items() if amount})


def remove_old() -> None:
    Budget.objects.remove_older(_now() - int(KEPT.total_seconds()))


def _locked(limits: Mapping[str, Limit], counted: Collection[str], wanted: int) -> dict[str, Used]:
    """Add to what is used, and return the locked rows; those that may miss something are added up
    from the ledger."""
    used = Budget.objects.add(dict.fromkeys(counted, wanted))
    if not limits.keys() <= used.keys():
        raise BudgetMissing
    for key, limit in limits.items():
        if _is_fresh(used[key], limit):
            total = _from_ledger(limit) + wanted
            Budget.objects.filter(key=key).update(used=total, summed=_now())
            used[key] = used[key]._replace(used=total)
    return used


def _is_fresh(row: Used | Budget, limit: Limit) -> bool:
    changed = max((cap.changed_at.timestamp() for cap in caps.known()), default=0.0)
    return row.summed < max(row.created, changed) + FRESH.total_seconds()


def _from_ledger(limit: Limit) -> int:
    calls = ModelCall.objects.between(*bounds(limit.period, limit.at))
    whose = limit.key.partition(":")[0]
    if whose != SITE:
        calls = calls.filter(person=UUID(whose))
    total: int = calls.committed()
    return total


def _now() -> int:
    return int(time.time())
