"""Links to a test image, which only the model service is told."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F
from django.utils import timezone

VALID = timedelta(minutes=15)


class SentLinkQuerySet(models.QuerySet["SentLink"]):
    def valid(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - VALID)

    def expired(self) -> Self:
        return self.exclude(pk__in=self.valid())

    def fetch(self, link_id: uuid.UUID) -> bool:
        """Counts a fetch; False for what is no link any more."""
        return bool(self.valid().filter(pk=link_id).update(fetches=F("fetches") + 1))


class SentLink(models.Model):
    """How often a link was fetched. A row, because the process that sends it need not be the one
    that is asked for it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fetches = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SentLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk}: {self.fetches}"
