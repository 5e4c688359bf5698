"""Make the search index anew, while the app runs: `manage.py reindex`."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef
from django.utils import timezone

from chatapp.conversations.models import Conversation, Message
from chatapp.search import backfill, writing
from chatapp.search.models import DocumentEntry, Filling, SearchEntry

CHATS = 50
BAR = 30  # characters


class Command(BaseCommand):
    help = (
        "Make the search index anew, while the app runs. Everything stays findable meanwhile, and "
        "you can stop it at any point and run it again."
    )

    def handle(self, **options: Any) -> None:
        total = Message.objects.present().count()
        done, last = 0, None
        rows = Conversation.objects.present().order_by("pk")
        while chats := list((rows.filter(pk__gt=last) if last else rows)[:CHATS]):
            done, last = done + backfill.rewrite(chats), chats[-1].pk
            self._report(done, total)
        gone = _remove_left_over()
        Filling.objects.update_or_create(
            pk=Filling.ONLY, defaults={"is_complete": True, "checked_until": timezone.now()}
        )
        self.stdout.write(f"\nIndexed {done:,} messages; removed {gone:,} entries without one.")

    def _report(self, done: int, total: int) -> None:
        share = min(1.0, done / total) if total else 1.0
        bar = ("#" * round(share * BAR)).ljust(BAR, ".")
        self.stdout.write(f"\r[{bar}] {share:4.0%}  {done:,} of {total:,}", ending="")
        self.stdout.flush()


def _remove_left_over() -> int:
    """Remove entries of messages and conversations that are gone or in the trash."""
    present = Conversation.objects.present().filter(pk=OuterRef("conversation_id"))
    message = Message.objects.filter(pk=OuterRef("message_id"), deleted_at=None)
    removed = 0
    for kind, rows in (
        (SearchEntry, SearchEntry.objects.exclude(Exists(present))),
        (SearchEntry, SearchEntry.objects.exclude(message_id=None).exclude(Exists(message))),
        (DocumentEntry, DocumentEntry.objects.exclude(Exists(present))),
        (DocumentEntry, DocumentEntry.objects.exclude(Exists(message))),
    ):
        while batch := list(rows.values_list("pk", flat=True)[: writing.AT_ONCE]):
            removed += kind.objects.filter(pk__in=batch).delete()[0]
    return removed
