"""Locks that hold to the end of a transaction.

SQLite has one writer at a time, and needs none of them.
"""

import hashlib
from collections.abc import Collection
from typing import Any

from django.db import connection, transaction

LOCK = "SELECT pg_advisory_xact_lock(%s);"


def take(*names: str) -> None:
    """Wait for these locks; call it in a transaction, before the first look at what they guard."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for number in _numbers(names):
                cursor.execute(LOCK, [number])


def execute(names: Collection[str], statement: str, parameters: Collection[Any]) -> int:
    """Execute a statement that sees whatever others did under these locks, and return the number of
    its rows. It takes one round trip: Postgres gets everything in one message, which is one
    transaction, and of which each statement has a view of its own."""
    if not names or connection.vendor != "postgresql":
        return _execute(statement, parameters)
    if connection.settings_dict["OPTIONS"].get("server_side_binding"):
        with transaction.atomic():  # a message holds one statement only
            take(*names)
            return _execute(statement, parameters)
    numbers = _numbers(names)
    return _execute(LOCK * len(numbers) + statement, [*numbers, *parameters])


def _execute(statement: str, parameters: Collection[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        if connection.vendor == "postgresql":
            while cursor.nextset():  # to the result of the last statement
                pass
        return int(cursor.rowcount)


def _numbers(names: Collection[str]) -> list[int]:
    """Return the numbers of the locks in one order, or two transactions would wait for each other
    for ever."""
    digests = (hashlib.blake2b(f"spending:{name}".encode(), digest_size=8) for name in names)
    return sorted({int.from_bytes(digest.digest(), signed=True) for digest in digests})
