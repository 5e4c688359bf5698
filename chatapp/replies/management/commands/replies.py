"""`manage.py replies`: list the running replies and the processes that make them."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.db.models.functions import Now

from chatapp.conversations.models import Message

COLUMNS = "{:<36}  {:<9}  {:>7}  {:>8}  {:<40}  {:>7}  {:>9}  {:>6}"


class Command(BaseCommand):
    help = "Lists running replies: status, attempt, age, who makes it, how long the lease lasts."

    def handle(self, **options: Any) -> None:
        # Ages and leases by the database's clock, which the processes use too.
        running = Message.objects.running().annotate(now=Now()).order_by("created_at")
        heads = ("reply", "status", "attempt", "age", "owner", "lease", "takeovers", "crashes")
        self.stdout.write(COLUMNS.format(*heads))
        for reply in running:
            left = reply.leased_until - reply.now if reply.leased_until else None
            values = (
                *(str(reply.pk), reply.status, reply.attempt, _span(reply.now - reply.created_at)),
                *(reply.leased_by or "nobody", _span(left) if left is not None else "none"),
                *(reply.takeovers, reply.crashes),
            )
            self.stdout.write(COLUMNS.format(*values))


def _span(span: timedelta) -> str:
    return f"{span.total_seconds():.1f} s"
