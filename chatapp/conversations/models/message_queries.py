"""Which messages a query returns."""

from typing import TYPE_CHECKING, Self

from django.db import models

from chatapp import leases
from chatapp.conversations.models.progress import RUNNING

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from chatapp.accounts.models import Person
    from chatapp.conversations.models.message import Message  # noqa: F401  (named in the base)


class MessageQuerySet(models.QuerySet["Message"]):
    def of(self, person: "Person") -> Self:
        """Return the person's own messages; views use no other query."""
        return self.with_deleted_of(person).filter(deleted_at=None)

    def with_deleted_of(self, person: "Person") -> Self:
        """Return the person's own messages and those of deleted versions, to undo that."""
        return self.filter(conversation__owner=person).in_present_conversations()

    def present(self) -> Self:
        """Return those that haven't been deleted, neither with a version nor with their
        conversation."""
        return self.in_present_conversations().filter(deleted_at=None)

    def in_present_conversations(self) -> Self:
        """Return those whose conversation is neither in the trash nor deleted."""
        return self.filter(conversation__trashed_at=None, conversation__deleted_at=None)

    def running(self) -> Self:
        return self.filter(role="assistant", status__in=RUNNING)

    def lost(self) -> Self:
        """Return replies that nobody makes: released, expired, or never begun."""
        return self.running().filter(leases.lost())

    def renew_leases(self, replies: "Collection[UUID]") -> int:
        """Make the leases that this process holds on these replies last their full time again."""
        return leases.renew(self.running(), replies)
