"""The waiting line of processes that share a database and no Redis: one row for each model."""

from datetime import timedelta
from typing import ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models.functions import Now

from chatapp.server import process_name

type Versioned = tuple[str, str]  # version, state as JSON

ALIVE = timedelta(seconds=12)  # after the last beat of a process


class SharedLineQuerySet(models.QuerySet["SharedLine"]):
    def store(
        self, key: str, known: str, version: str, text: str
    ) -> tuple[Versioned | None, float | None]:
        """Store the state as `version` if the stored version is `known`; return None then.

        Otherwise return what is stored, and the time of the database. A version "?" stores nothing.
        """
        row = self.filter(pk=key)
        if version != "?" and row.filter(version=known).update(version=version, state=text):
            return None, None
        if version != "?" and not known and self._insert(key, version, text):
            return None, None
        found = row.annotate(now=Now()).values_list("version", "state", "now").first()
        if found is None:
            return ("", ""), None
        return (found[0], found[1]), found[2].timestamp()

    def _insert(self, key: str, version: str, text: str) -> bool:
        """Return False when another process has made the row."""
        try:
            with transaction.atomic():
                self.create(key=key, version=version, state=text)
        except IntegrityError:
            return False
        return True


class SharedLine(models.Model):
    """The state of the line of one model. A process changes it only if it knows the last one."""

    key = models.CharField(max_length=200, primary_key=True)
    version = models.CharField(max_length=16)
    state = models.TextField()

    objects: ClassVar = SharedLineQuerySet.as_manager()

    def __str__(self) -> str:
        return self.key


class LineProcessQuerySet(models.QuerySet["LineProcess"]):
    def beat(self) -> int:
        """Report that this process is alive; return the number of others that are."""
        if not self.filter(pk=process_name.NAME).update(seen_at=Now()):
            self.filter(seen_at__lt=Now() - ALIVE).delete()
            self.create(name=process_name.NAME, seen_at=Now())
        return self.filter(seen_at__gte=Now() - ALIVE).exclude(pk=process_name.NAME).count()


class LineProcess(models.Model):
    """A process that uses the service. One that knows of no other keeps its line to itself."""

    name = models.CharField(max_length=process_name.MAX_CHARACTERS, primary_key=True)
    seen_at = models.DateTimeField()

    objects: ClassVar = LineProcessQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
