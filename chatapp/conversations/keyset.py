"""Where a page of a list begins: after a row with this time and id. Its cost doesn't grow."""

from datetime import UTC, datetime
from typing import NamedTuple, Self
from uuid import UUID

from django.db.models import Q

TIME = "%Y-%m-%dT%H:%M:%S.%fZ"  # always in UTC, as the database returns it


class Cursor(NamedTuple):
    """The last row of the page before."""

    at: datetime
    pk: UUID

    @classmethod
    def read(cls, text: str) -> Self | None:
        """Read what a link of ours has; anything else means the first page."""
        at, _separator, pk = text.partition("_")
        try:
            return cls(datetime.strptime(at, TIME).replace(tzinfo=UTC), UUID(pk))
        except ValueError:
            return None

    def after(self, field: str) -> Q:
        """Return what is true of the rows behind this one, the newest by `field` first.

        The first condition is a range of an index, so the pages before aren't read again.
        """
        is_older = Q(**{f"{field}__lt": self.at}) | Q(pk__lt=self.pk)
        return Q(**{f"{field}__lte": self.at}) & is_older

    def __str__(self) -> str:
        return f"{self.at:{TIME}}_{self.pk}"
