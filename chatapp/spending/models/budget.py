"""How much of a period the summed calls used up, for a person or the instance."""

from collections.abc import Collection, Iterable
from typing import ClassVar

from django.db import models


class BudgetManager(models.Manager["Budget"]):
    def warn(self, keys: Collection[str], now: int) -> set[str]:
        """Note that people are told that most of these is used up; return those that weren't noted
        yet. Call it where nobody else can do the same."""
        noted = self.filter(key__in=keys, has_warned=True).values_list("key", flat=True)
        if new := set(keys) - set(noted):
            # In the order in which sums are added: each locks rows that the other one needs.
            self.bulk_create(
                [Budget(key=key, created=now, has_warned=True) for key in sorted(new)],
                update_conflicts=True,
                unique_fields=["key"],
                update_fields=["has_warned"],
            )
        return new

    def remove_older(self, before: int) -> None:
        self.filter(created__lt=before).delete()


class Budget(models.Model):
    """What caps compare with, together with the calls that aren't summed yet.

    `key` names whose it is and the period; `created` is in seconds since 1970.
    """

    key = models.CharField(max_length=60, primary_key=True)
    used = models.BigIntegerField(default=0)  # micro-dollars of calls that are summed
    created = models.BigIntegerField()
    has_warned = models.BooleanField(default=False)  # that much of it is used up

    KEY: ClassVar[Iterable[str]] = ("key",)
    ADDED: ClassVar[Iterable[str]] = ("used",)

    objects: ClassVar[BudgetManager] = BudgetManager()

    def __str__(self) -> str:
        return f"{self.key}: {self.used}"
