"""Uploads: files in slices, so that each request is short and a broken upload continues."""

import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.transfer.models import Import, UploadedFile, UploadedSlice

MEGABYTE = 1024 * 1024
# Heroku ends a request after 30 s: at 600 kbit/s this much arrives in time.
SLICE_BYTES = 2 * MEGABYTE
MAX_FILE_BYTES = 2048 * MEGABYTE
MAX_FILES = 20
MAX_IMPORT_BYTES = 4096 * MEGABYTE  # of all files of an import
MAX_BUCKET_BYTES = 20_480 * MEGABYTE  # of everybody's slices in a bucket
KEPT = timedelta(hours=24)
ROWS_AT_ONCE = 10
FOLDER = "imports/"


class UploadRefused(Exception):
    """Report that a file isn't taken; `sentence` is for the person."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class ImportRunning(UploadRefused):
    def __init__(self) -> None:
        super().__init__(_("An import is running. Wait until it ends, or cancel it."))


@dataclass(frozen=True, slots=True)
class Chosen:
    """A file as the browser describes it; `modified` in milliseconds since 1970."""

    name: str
    size: int
    modified: int


def begin(person: Person, chosen: Chosen) -> UploadedFile:
    """Return the file to which slices are added: the one whose upload was interrupted, or another.

    Raises UploadRefused.
    """
    current = current_upload(person)
    found = current.files.filter(
        name=chosen.name, size=chosen.size, modified=chosen.modified
    ).first()
    if found:
        return found
    count = current.files.count()
    _check(current, chosen, count)
    values = {"name": chosen.name, "size": chosen.size, "modified": chosen.modified}
    file, _created = UploadedFile.objects.get_or_create(
        for_import=current, **values, defaults={"number": count}
    )
    return file


def current_upload(person: Person) -> Import:
    """Return the import whose files are uploaded, a new one if there is none.

    Raises ImportRunning.
    """
    unfinished = Import.objects.of(person).unfinished()
    found: Import | None = unfinished.first()
    if found is None:
        try:
            with transaction.atomic():
                found = Import.objects.create(owner=person)
        except IntegrityError:
            found = unfinished.get()
    if found.job_id:
        raise ImportRunning
    return found


def _check(current: Import, chosen: Chosen, count: int) -> None:
    if not 0 < chosen.size <= MAX_FILE_BYTES:
        sentence = _("%(name)s is empty or too large. A file may have up to %(limit)s.")
        limit = filesizeformat(MAX_FILE_BYTES)
        raise UploadRefused(sentence % {"name": chosen.name, "limit": limit})
    if count >= MAX_FILES:
        raise UploadRefused(_("Import up to %(limit)d files at once.") % {"limit": MAX_FILES})
    used = current.files.aggregate(size=Sum("size"))["size"] or 0
    left = min(MAX_IMPORT_BYTES - used, space_left())
    if chosen.size > left:
        sentence = _(
            "There isn't enough space for %(name)s: it has %(size)s, and this site can take "
            "%(left)s right now. Choose a smaller part of the export, or ask the owner of this "
            "site for more space."
        )
        facts = {
            "name": chosen.name,
            "size": filesizeformat(chosen.size),
            "left": filesizeformat(max(left, 0)),
        }
        raise UploadRefused(sentence % facts)


def space_left() -> int:
    """Return how many bytes may still be announced, counting whole files that are on their way.

    In the database they share the space of images, which the owner has limited.
    """
    announced = UploadedFile.objects.filter(for_import__ended_at=None)
    promised = announced.aggregate(size=Sum("size"))["size"] or 0
    limit = MAX_BUCKET_BYTES if store.goes_to_bucket() else Image.objects.total_usage().left
    return limit - promised


def count_slices(file: UploadedFile) -> int:
    return math.ceil(file.size / SLICE_BYTES)


def size_of(file: UploadedFile, number: int) -> int:
    """Return how many bytes a slice has; 0 behind the last one."""
    return max(0, min(SLICE_BYTES, file.size - number * SLICE_BYTES))


def present(file: UploadedFile) -> set[int]:
    return set(file.slices.values_list("number", flat=True))


def add_slice(file: UploadedFile, number: int, content: bytes) -> None:
    """Store a slice, once. Raises UploadRefused for another size, and StoreUnavailable."""
    if not content or len(content) != size_of(file, number):
        raise UploadRefused(_("A part of the file didn't arrive whole. Choose the file again."))
    if file.slices.filter(number=number).exists():
        return
    row = UploadedSlice(file=file, number=number, size=len(content))
    if store.goes_to_bucket():
        owner = file.for_import.owner_id
        row.bucket_key = f"{FOLDER}{owner}/{file.pk}/{number}-{uuid.uuid4().hex}"
        store.bucket().put(row.bucket_key, content)
    else:
        row.content = content
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:  # it arrived twice, or the import was cancelled meanwhile
        if row.bucket_key:
            store.discard(row.bucket_key)


def missing_files(current: Import) -> list[UploadedFile]:
    """Return the files of which something hasn't arrived yet."""
    return [each for each in current.files.all() if len(present(each)) < count_slices(each)]


def remove_slices(files: Iterable[UploadedFile]) -> None:
    """Remove what is stored of files, in short transactions. Raises StoreUnavailable.

    The rows of files stay, as their names are part of the report.
    """
    for file in files:
        while rows := list(file.slices.defer("content")[:ROWS_AT_ONCE]):
            for row in rows:
                if row.bucket_key:
                    store.bucket().remove(row.bucket_key)
            UploadedSlice.objects.filter(pk__in=[row.pk for row in rows]).delete()


def remove_forgotten(now: datetime) -> None:
    """End uploads that nobody continued for a day, and remove what is stored of ended imports.

    Raises StoreUnavailable.
    """
    waiting = Import.objects.unfinished().filter(job=None, created_at__lt=now - KEPT)
    waiting.update(ended_at=now, is_cancelled=True)
    ended = UploadedFile.objects.filter(for_import__ended_at__isnull=False)
    remove_slices(ended.filter(slices__isnull=False).distinct())
    if settings.BUCKET:
        _remove_orphans(now)


def _remove_orphans(now: datetime) -> None:
    """Remove objects without a row, such as those of people who were deleted."""
    place = store.bucket()
    for key, written in place.keys(FOLDER):
        if written < now - KEPT and not UploadedSlice.objects.filter(bucket_key=key).exists():
            place.remove(key)


def cancel_upload(person: Person) -> None:
    """End the import whose files are being uploaded; its slices go in the background."""
    waiting = Import.objects.of(person).unfinished().filter(job=None)
    waiting.update(ended_at=timezone.now(), is_cancelled=True)
