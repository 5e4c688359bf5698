"""Report how much space images take: `manage.py storage`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from chatapp.images import garbage_collection
from chatapp.images.models import MEGABYTE, Image
from chatapp.images.store import StoreUnavailable


class Command(BaseCommand):
    help = (
        "Report how much space images take and where they are stored. With --collect, first "
        "delete the images that no conversation shows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--collect", action="store_true")

    def handle(self, *, collect: bool, **options: Any) -> None:
        if collect:
            self._collect()
        self._people()
        self._places()
        self._unreferenced()

    def _collect(self) -> None:
        now = timezone.now()
        deleted = garbage_collection.collect(now)
        self.stdout.write(f"Deleted {_amount(deleted.count, deleted.size)}.")
        if settings.BUCKET:
            try:
                removed = garbage_collection.remove_orphans(now)
            except StoreUnavailable as error:
                raise CommandError(f"Left-over objects stay for now: {error.sentence}") from error
            self.stdout.write(f"Removed {removed:,} left-over objects from the bucket.")

    def _people(self) -> None:
        name = f"owner__{get_user_model().USERNAME_FIELD}"
        rows = Image.objects.values(name).annotate(count=Count("pk"), size=Sum("byte_size"))
        quota = filesizeformat(settings.IMAGE_QUOTA_PERSON_MB * MEGABYTE)
        for row in rows.order_by("-size", name):
            self.stdout.write(f"{row[name]}: {_amount(row['count'], row['size'])} of {quota}")
        usage = Image.objects.total_usage()
        amount = _amount(Image.objects.count(), usage.used)
        self.stdout.write(f"Everybody: {amount} of {filesizeformat(usage.quota)}")

    def _places(self) -> None:
        sums = Image.objects.aggregate(
            in_database=Count("pk", filter=Q(bucket_key="")),
            database_size=Sum("byte_size", filter=Q(bucket_key="")),
            in_bucket=Count("pk", filter=~Q(bucket_key="")),
            bucket_size=Sum("byte_size", filter=~Q(bucket_key="")),
        )
        self.stdout.write(f"In the database: {_amount(sums['in_database'], sums['database_size'])}")
        self.stdout.write(f"In the bucket: {_amount(sums['in_bucket'], sums['bucket_size'])}")
        self.stdout.write(f"New images go to the {settings.IMAGE_STORE}.")

    def _unreferenced(self) -> None:
        unshown = Image.objects.filter(attachments=None)
        sums = unshown.aggregate(count=Count("pk"), size=Sum("byte_size"))
        now = Image.objects.unreferenced(timezone.now()).count()
        self.stdout.write(
            f"In no conversation: {_amount(sums['count'], sums['size'])}; "
            f"--collect deletes {now:,} of them."
        )


def _amount(count: int, size: int | None) -> str:
    return f"{count:,} {'image' if count == 1 else 'images'}, {filesizeformat(size or 0)}"
