"""The list of the service's models, as it was last read, for all processes of the instance."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Now

from chatapp.inference.listing import ListedModel
from chatapp.retirement.endings import merged
from chatapp.server.columns import JSONField

MAX_SERVICE = 200  # characters of an address that tell services apart
INTERVAL = timedelta(hours=1)


class ServiceListManager(models.Manager["ServiceList"]):
    def claim(self, url: str) -> bool:
        """Return whether this process shall read the list now; at most one may in an hour.

        The database's clock decides. After it was set back, the next process may.
        """
        _row, is_new = self.get_or_create(service=url[:MAX_SERVICE], defaults={"asked_at": Now()})
        is_due = Q(asked_at__lte=Now() - INTERVAL) | Q(asked_at__gt=Now() + INTERVAL)
        due = self.filter(is_due, service=url[:MAX_SERVICE])
        return is_new or bool(due.update(asked_at=Now()))

    @transaction.atomic
    def store(self, url: str, listed: Sequence[ListedModel]) -> None:
        row = self.select_for_update().get(service=url[:MAX_SERVICE])
        row.entries = [_stored(entry) for entry in merged(row.listed, listed)]
        row.read_at = Now()
        row.save(update_fields=["entries", "read_at"])

    def listed(self, url: str) -> list[ListedModel]:
        row = self.filter(service=url[:MAX_SERVICE]).first()
        return row.listed if row else []


class ServiceList(models.Model):
    """What one service said about its models. `asked_at` is when it was last asked, `read_at` when
    it last answered with a list."""

    service = models.CharField(max_length=MAX_SERVICE, primary_key=True)
    asked_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    entries = JSONField(default=list, db_default=Value([], JSONField()))

    objects: ClassVar[ServiceListManager] = ServiceListManager()

    def __str__(self) -> str:
        return self.service

    @property
    def listed(self) -> list[ListedModel]:
        """Return the entries, without those that another version of the app stored differently."""
        return [entry for value in self.entries if (entry := _read(value))]


def _stored(entry: ListedModel) -> dict[str, Any]:
    dates = {name: getattr(entry, name) for name in ("ends_on", "deprecated_on")}
    return asdict(entry) | {name: day and day.isoformat() for name, day in dates.items()}


def _read(value: dict[str, Any]) -> ListedModel | None:
    try:
        dates = {name: value.get(name) for name in ("ends_on", "deprecated_on")}
        days = {name: date.fromisoformat(day) if day else None for name, day in dates.items()}
        return ListedModel(**value | days)
    except (AttributeError, TypeError, ValueError):
        return None
