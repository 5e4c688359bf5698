"""Report how much space images and documents take: `manage.py storage`."""

from argparse import ArgumentParser
from typing import Any, NamedTuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone

from chatapp.documents import store as documents
from chatapp.documents.models import Document
from chatapp.images import garbage_collection
from chatapp.images import store as images
from chatapp.images.models import MEGABYTE, Image


class Kind(NamedTuple):
    noun: str
    files: Any  # their manager
    folder: str  # in the bucket
    quota: str  # the setting with the megabytes of a person

    def amount(self, count: int, size: int | None) -> str:
        noun = self.noun if count == 1 else f"{self.noun}s"
        return f"{count:,} {noun}, {filesizeformat(size or 0)}"


KINDS = (
    Kind("image", Image.objects, images.FOLDER, "IMAGE_QUOTA_PERSON_MB"),
    Kind("document", Document.objects, documents.FOLDER, "DOCUMENT_QUOTA_PERSON_MB"),
)


class Command(BaseCommand):
    help = (
        "Report how much space images and documents take and where they are stored. With "
        "--collect, first delete those that no conversation shows."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--collect", action="store_true")

    def handle(self, *, collect: bool, **options: Any) -> None:
        if collect:
            self._collect()
        for kind in KINDS:
            self._people(kind)
            self._places(kind)
            self._unreferenced(kind)

    def _collect(self) -> None:
        now = timezone.now()
        for kind in KINDS:
            deleted = garbage_collection.collect(now, files=kind.files)
            self.stdout.write(f"Deleted {kind.amount(deleted.count, deleted.size)}.")
        if settings.BUCKET:
            try:
                removed = sum(
                    garbage_collection.remove_orphans(now, kind.folder, kind.files)
                    for kind in KINDS
                )
            except images.StoreUnavailable as error:
                raise CommandError(f"Left-over objects stay for now: {error.sentence}") from error
            objects = "object" if removed == 1 else "objects"
            self.stdout.write(f"Removed {removed:,} left-over {objects} from the bucket.")

    def _people(self, kind: Kind) -> None:
        name = f"owner__{get_user_model().USERNAME_FIELD}"
        rows = kind.files.values(name).annotate(count=Count("pk"), size=Sum("byte_size"))
        quota = filesizeformat(getattr(settings, kind.quota) * MEGABYTE)
        for row in rows.order_by("-size", name):
            amount = kind.amount(row["count"], row["size"])
            self.stdout.write(f"{row[name]}: {amount} of {quota}")
        usage = kind.files.total_usage()
        amount = kind.amount(kind.files.count(), usage.used)
        self.stdout.write(f"Everybody: {amount} of {filesizeformat(usage.quota)}")

    def _places(self, kind: Kind) -> None:
        for place, is_there in (("database", Q(bucket_key="")), ("bucket", ~Q(bucket_key=""))):
            sums = kind.files.filter(is_there).aggregate(count=Count("pk"), size=Sum("byte_size"))
            self.stdout.write(f"In the {place}: {kind.amount(sums['count'], sums['size'])}")
        self.stdout.write(f"New {kind.noun}s go to the {settings.IMAGE_STORE}.")

    def _unreferenced(self, kind: Kind) -> None:
        unshown = kind.files.filter(attachments=None)
        sums = unshown.aggregate(count=Count("pk"), size=Sum("byte_size"))
        now = kind.files.unreferenced(timezone.now()).count()
        self.stdout.write(
            f"In no conversation: {kind.amount(sums['count'], sums['size'])}; "
            f"--collect deletes {now:,} of them."
        )
