"""Leases: one process works on a row, until a time on the database's clock.

Taking a row begins a new attempt at it, and every write names its attempt: an attempt that was
overtaken changes nothing any more. A row has the columns `attempt`, `leased_by`, `leased_until` and
`crashes`. A lease has an owner and an end, is released ("", None), or was never taken ("", soon).
"""

from collections.abc import Collection
from datetime import timedelta
from typing import Any, Protocol
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Now

from chatapp.server import process_name

LEASE = timedelta(seconds=10)
MAX_CRASHES = 3  # processes that died at one row; the row may be the cause


class Leased(Protocol):
    """A row with the columns of a lease."""

    attempt: int


def until() -> CombinedExpression:
    """Return the end of a lease that begins or is renewed now."""
    return Now() + LEASE


def lost() -> Q:
    """Return what is true of rows on which nobody works: released, expired, or never taken."""
    return Q(leased_until=None) | Q(leased_until__lt=Now())


def taken(row: Leased) -> dict[str, Any]:
    """Return what changes in a row that this process takes, apart from the end of its lease."""
    return {"attempt": row.attempt + 1, "leased_by": process_name.NAME}


def take(row: Leased, rows: "QuerySet[Any]", values: dict[str, Any]) -> bool:
    """Take the row of `rows` for this process, with other new values.

    False, with nothing stored, when another process was faster.
    """
    values = values | taken(row)
    is_taken = rows.filter(attempt=row.attempt).update(**values, leased_until=until())
    for name, value in values.items():
        setattr(row, name, value)
    return bool(is_taken)


def released() -> dict[str, Any]:
    """Return what changes in a row that any process may take at once."""
    return {"leased_by": "", "leased_until": None}


def renew(rows: "QuerySet[Any]", ids: Collection[UUID]) -> int:
    """Make the leases that this process has on these rows last their full time again."""
    return rows.filter(pk__in=ids, leased_by=process_name.NAME).update(leased_until=until())
