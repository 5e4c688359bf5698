"""Links to a test image, which only the model service receives."""

import uuid
from datetime import timedelta
from typing import Self

from django.db import models
from django.db.models import F
from django.utils import timezone

VALID = timedelta(minutes=15)


class ImageLinkQuerySet(models.QuerySet["ImageLink"]):
    def valid(self) -> Self:
        return self.filter(created_at__gt=timezone.now() - VALID)

    def expired(self) -> Self:
        return self.exclude(pk__in=self.valid())

    def count_fetch(self, link_id: uuid.UUID) -> bool:
        """Count a fetch. Return False for an unknown or expired link."""
        return bool(self.valid().filter(pk=link_id).update(fetches=F("fetches") + 1))


class ImageLink(models.Model):
    """A link to the test image, and how often it was fetched. It is a row because another process
    may receive the request for the image."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    fetches = models.PositiveIntegerField(default=0, db_default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ImageLinkQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.pk}: {self.fetches}"
