"""Move images to the bucket or to the database: `manage.py move_images --to bucket`."""

from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat

from chatapp.images.models import Image
from chatapp.images.relocation import ImageDamaged, Place, images_outside, move
from chatapp.images.store import StoreUnavailable

REPORT_EVERY = 50  # images
BATCH = 200  # rows read at a time


class Command(BaseCommand):
    help = (
        "Move images to the bucket or to the database, while the app runs. You can stop it at any "
        "point and run it again later; it continues where it stopped."
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
        found = images_outside(to).count()
        self.total = min(found, limit) if limit else found
        try:
            for image in _next(to, limit):
                self._move(image, to)
        except StoreUnavailable as error:
            raise CommandError(
                f"Stopped after {self._done}: the bucket doesn't answer. Run it again later; it "
                "continues from here."
            ) from error
        self.stdout.write(f"Moved {self._done} to the {to}.")
        if to != settings.IMAGE_STORE:
            self.stdout.write(
                f"New images still go to the {settings.IMAGE_STORE}: set CHAT_IMAGE_STORE={to}."
            )
        if self.damaged:
            raise CommandError(f"{self.damaged} couldn't be moved and stay where they are.")

    @property
    def _done(self) -> str:
        return f"{self.moved:,} of {self.total:,} images ({filesizeformat(self.size)})"

    def _move(self, image: Image, to: Place) -> None:
        try:
            if not move(image, to):
                return
        except ImageDamaged as error:
            self.damaged += 1
            self.stderr.write(f"Not moved: {error}")
            return
        self.moved += 1
        self.size += image.byte_size
        if self.moved % REPORT_EVERY == 0:
            self.stdout.write(f"{self._done}…")


def _next(to: Place, limit: int) -> Iterator[Image]:
    """Yield each image once, in the order of ids, without a query that stays open meanwhile."""
    rest = images_outside(to).order_by("pk")
    count = 0
    batch = list(rest[:BATCH])
    while batch:
        for image in batch:
            if limit and count == limit:
                return
            yield image
            count += 1
        batch = list(rest.filter(pk__gt=batch[-1].pk)[:BATCH])
