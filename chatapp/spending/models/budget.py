"""How much of a period is used up: a running sum over the ledger, which reservations lock.

There is a row for each person and period that has a cap, and for the instance. A sum can always be
made again from the ledger; it saves adding up a month of calls before each new one.
"""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar, NamedTuple

from django.db import connection, models

COLUMNS = "key, used, created, summed, has_warned"
ADD = """
    UPDATE {table} SET used = CASE WHEN used + ({amount}) < 0 THEN 0 ELSE used + ({amount}) END
    {where} RETURNING {columns}
"""
# Two transactions that share several rows must lock them in one order, or each waits for the other.
LOCK = (
    "WITH locked AS MATERIALIZED (SELECT key AS locked_key FROM {table} WHERE key IN ({keys})"
    " ORDER BY key FOR UPDATE) "
)


class Used(NamedTuple):
    """A row as a statement returned it. Times are seconds since 1970."""

    key: str
    used: int
    created: int
    summed: int
    has_warned: bool


class BudgetManager(models.Manager["Budget"]):
    def add(self, amounts: Mapping[str, int]) -> dict[str, Used]:
        """Add to what is used, below 0 to give back, in one statement; return the rows that there
        are. They stay locked until the transaction ends."""
        if not amounts:
            return {}
        keys = sorted(amounts)
        marks = ", ".join(["%s"] * len(keys))
        cases = " ".join(["WHEN key = %s THEN CAST(%s AS bigint)"] * len(keys))
        statement = ADD.format(
            table=self.model._meta.db_table,
            amount=f"CASE {cases} END",
            columns=COLUMNS,
            where=f"WHERE key IN ({marks})",
        )
        changes: list[Any] = [part for key in keys for part in (key, amounts[key])]
        parameters: list[Any] = [*changes, *changes, *keys]
        if connection.vendor == "postgresql":
            lock = LOCK.format(table=self.model._meta.db_table, keys=marks)
            statement = lock + statement.replace(
                f"WHERE key IN ({marks})", "FROM locked WHERE key = locked_key"
            )
            parameters = [*keys, *changes, *changes]
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            rows = [Used(*row) for row in cursor.fetchall()]
        return {row.key: row for row in rows}

    def create_missing(self, keys: Collection[str], now: int) -> None:
        """Create rows whose sums still have to be made."""
        self.bulk_create(
            [Budget(key=key, created=now) for key in sorted(keys)], ignore_conflicts=True
        )

    def remove_older(self, before: int) -> None:
        self.filter(created__lt=before).delete()


class Budget(models.Model):
    """`key` names whose it is and the period; times are seconds since 1970, which both databases
    return alike."""

    key = models.CharField(max_length=60, primary_key=True)
    used = models.BigIntegerField(default=0)  # micro-dollars, what runs included
    created = models.BigIntegerField()
    summed = models.BigIntegerField(default=0)  # when it was last added up from the ledger
    has_warned = models.BooleanField(default=False)  # that much of it is used up

    objects: ClassVar[BudgetManager] = BudgetManager()

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"
