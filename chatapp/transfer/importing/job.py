"""The job that imports: uploaded files are looked at, then read conversation by conversation."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.images.store import StoreUnavailable
from chatapp.jobs import runner
from chatapp.jobs.events import job_changed
from chatapp.jobs.kinds import JobFailed, TryLater, job
from chatapp.jobs.models import Job, State
from chatapp.server.database_errors import DatabaseFull
from chatapp.transfer.importing import uploads
from chatapp.transfer.importing.step import Step
from chatapp.transfer.importing.uploads import UploadRefused
from chatapp.transfer.models import Import


def _end(job: Job) -> None:
    """Note in the import how its job ended, and remove the uploaded files."""
    for current in Import.objects.filter(job=job):
        _note_end(current, job)
        try:
            uploads.remove_slices(current.files.all())
        except StoreUnavailable as error:
            raise TryLater(error.sentence) from error


@job(keep=timedelta(0), clean_up=_end)
def import_chats(job: Job) -> bool:
    """Import some more; return whether there is more to do."""
    try:
        return Step(job).make()
    except DatabaseFull as error:
        sentence = _("The database is full. The owner of this site can make room.")
        raise JobFailed(sentence) from error


def start(person: Person) -> None:
    """Begin to import what has been uploaded. Raises UploadRefused if something is missing.

    Does nothing if it has begun already.
    """
    current = Import.objects.of(person).unfinished().filter(job=None).first()
    if current is None:
        return
    missing = uploads.missing_files(current)
    if missing or not current.files.exists():
        names = ", ".join(file.name for file in missing)
        sentence = _("Not all of it has arrived. Choose these files again: %(names)s")
        raise UploadRefused(sentence % {"names": names})
    with transaction.atomic():
        current.job = import_chats.enqueue(person)
        current.save(update_fields=["job"])
    runner.wake()


def cancel(person: Person) -> None:
    """End the upload or the import that is running; what was imported stays."""
    uploads.cancel_upload(person)
    for each in import_chats.of(person):
        if each.cancel():
            job_changed(each)
    note_ends(person)
    runner.wake()


def note_ends(person: Person) -> None:
    """Note how imports ended whose jobs haven't been cleaned up yet."""
    for current in Import.objects.of(person).unfinished().select_related("job"):
        if current.job and not current.job.is_unfinished:
            _note_end(current, current.job)


def _note_end(current: Import, job: Job) -> None:
    Import.objects.filter(pk=current.pk).unfinished().update(
        ended_at=job.ended_at or timezone.now(),
        is_cancelled=job.state == State.CANCELLED,
        error=job.error,
    )
