"""Move images and documents to the bucket or the database: `manage.py move_files --to bucket`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from chatapp.documents.errors import StoreUnavailable as DocumentStoreUnavailable
from chatapp.documents.relocation import DOCUMENTS
from chatapp.images.relocation import IMAGES, FileDamaged, Movable, Place
from chatapp.images.store import StoreUnavailable

KINDS = (IMAGES, DOCUMENTS)
REPORT_EVERY = 50  # files
BATCH = 200  # rows read at a time


class Command(BaseCommand):
    help = (
        "Move images and documents to the bucket or to the database, while the app runs. You can "
        "stop it at any point and run it again later; it continues where it stopped."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", required=True, choices=["bucket", "database"])
        parser.add_argument("--limit", type=int, default=0, help="how many at most; 0 for all")

    def handle(self, *, to: Place, limit: int, **options: Any) -> None:
        if not settings.BUCKET:
            raise CommandError("No bucket is configured: set AWS_S3_BUCKET and its keys.")
        if limit < 0:
            raise CommandError("--limit can't be negative.")
        self.moved, self.size, self.damaged = 0, 0, 0
        found = sum(kind.outside(to).count() for kind in KINDS)
        self.total = min(found, limit) if limit else found
        try:
            for kind, file in islice(_all(to), limit or None):
                self._move(kind, file, to)
        except (StoreUnavailable, DocumentStoreUnavailable) as error:
            raise CommandError(
                f"Stopped after {self._done}: the bucket doesn't answer. Run it again later; it "
                "continues from here."
            ) from error
        self.stdout.write(f"Moved {self._done} to the {to}.")
        if to != settings.IMAGE_STORE:
            self.stdout.write(
                f"New files still go to the {settings.IMAGE_STORE}: set CHAT_IMAGE_STORE={to}."
            )
        if self.damaged:
            raise CommandError(f"{self.damaged} couldn't be moved and stay where they are.")

    @property
    def _done(self) -> str:
        files = "image or document" if self.total == 1 else "images and documents"
        return f"{self.moved:,} of {self.total:,} {files} ({filesizeformat(self.size)})"

    def _move(self, kind: Movable, file: Any, to: Place) -> None:
        try:
            if not kind.move(file, to):
                return
        except FileDamaged as error:
            self.damaged += 1
            self.stderr.write(f"Not moved: {error}")
            return
        self.moved += 1
        self.size += file.byte_size
        if self.moved % REPORT_EVERY == 0:
            self.stdout.write(f"{self._done}…")


def _all(to: Place) -> Iterator[tuple[Movable, Any]]:
    """Yield each file once, in the order of ids, without a query that stays open meanwhile."""
    for kind in KINDS:
        rest = kind.outside(to).order_by("pk")
        batch = list(rest[:BATCH])
        while batch:
            for file in batch:
                yield kind, file
            batch = list(rest.filter(pk__gt=batch[-1].pk)[:BATCH])
