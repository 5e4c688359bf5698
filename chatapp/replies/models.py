"""What was learned about the models of a service: one row for each fact, until its end date."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import ClassVar, Self

from django.db import models
from django.utils import timezone

from chatapp.inference.knowledge import Fact, make_fact
from chatapp.server.columns import JSONField

MAX_SERVICE = 200  # characters of an address that tell services apart


class LearnedFactQuerySet(models.QuerySet["LearnedFact"]):
    def of(self, url: str) -> Self:
        """Return what is valid for the service at this address."""
        return self.filter(service=url[:MAX_SERVICE], until__gt=timezone.now())

    def facts(self) -> list[Fact]:
        """Return the facts, without those of other versions of the app."""
        found: Iterable[Fact | None] = (row.fact for row in self)
        return [fact for fact in found if fact]

    def store(self, url: str, fact: Fact) -> None:
        self.update_or_create(
            service=url[:MAX_SERVICE],
            model=fact.model,
            name=fact.name,
            defaults={"value": fact.value, "until": datetime.fromtimestamp(fact.until, UTC)},
        )

    def remove(self, url: str, fact: Fact) -> None:
        """Delete a fact, unless another process has learned something else meanwhile."""
        rows = self.filter(service=url[:MAX_SERVICE], model=fact.model, name=fact.name)
        rows.filter(value=fact.value).delete()

    def forget(self, url: str) -> int:
        """Delete everything about the service at this address, and what is no longer valid."""
        outdated = models.Q(until__lte=timezone.now())
        count, _ = self.filter(models.Q(service=url[:MAX_SERVICE]) | outdated).delete()
        return count


class LearnedFact(models.Model):
    """One field of `Learned` about one model. It is a row of its own, so that processes that learn
    different things at once lose nothing."""

    service = models.CharField(max_length=MAX_SERVICE)
    model = models.CharField(max_length=100)
    name = models.CharField(max_length=30)
    value = JSONField()
    until = models.DateTimeField()

    objects: ClassVar = LearnedFactQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["model", "name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["service", "model", "name"], name="one_fact_per_name")
        ]

    def __str__(self) -> str:
        return f"{self.model}: {self.name} {self.value}"

    @property
    def fact(self) -> Fact | None:
        return make_fact(self.model, self.name, self.value, self.until.timestamp())
