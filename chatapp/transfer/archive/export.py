"""The job that makes an archive: phase after phase, in steps that another process may continue."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.jobs import runner
from chatapp.jobs.events import job_changed
from chatapp.jobs.kinds import JobFailed, job
from chatapp.jobs.models import UNFINISHED, Job, JobQuerySet, State
from chatapp.server.database_errors import DatabaseFull
from chatapp.transfer.archive import files, stored_files
from chatapp.transfer.archive.step import Step
from chatapp.transfer.archive.zip_format import TooLarge
from chatapp.transfer.models import ArchivePart
from chatapp.transfer.reading import documents_of_person, images_of_person

KEPT = timedelta(hours=24)
PARTS_AT_ONCE = 50
PHASES = {
    "conversations": files.write_conversations,
    "pages": files.write_pages,
    "images": stored_files.write_images,
    "account": files.write_account,
    "documents": stored_files.write_documents,
    "rest": files.write_rest,
}


def _remove_parts(job: Job) -> None:
    """Remove what is stored of an archive, in short transactions."""
    parts = ArchivePart.objects.filter(job=job)
    while ids := list(parts.values_list("pk", flat=True)[:PARTS_AT_ONCE]):
        ArchivePart.objects.filter(pk__in=ids).delete()


@job(keep=KEPT, clean_up=_remove_parts)
def export(job: Job) -> bool:
    """Write some more of the archive; return whether there is more to do."""
    step = Step(job)
    if not job.total:
        # Each conversation is written twice, for programs and for people.
        images = images_of_person(step.person, step.only)
        documents = documents_of_person(step.person, step.only)
        job.total = 2 * step.conversations.count() + images.count() + documents.count()
    names = list(PHASES)
    index = job.cursor.get("phase", 0)
    if index == len(names):
        return False
    try:
        has_ended = PHASES[names[index]](step)
        if has_ended:
            job.cursor |= {"phase": index + 1, "after": None}
        is_last = has_ended and index + 1 == len(names)
        with job.saving():
            step.writer.save()
            if is_last:
                job.result = _result(job)
    except TooLarge as error:
        raise JobFailed(_("One of your chats is larger than a zip can hold.")) from error
    except DatabaseFull as error:
        sentence = _("The database is full. The owner of this site can make room.")
        raise JobFailed(sentence) from error
    return not is_last


def start(person: Person, only: Collection[UUID] = ()) -> Job:
    """Begin an archive in place of the one before, or return the one that is being made.

    With `only` it has these conversations of the person, else everything.
    """
    begun = export.enqueue(person, **({"only": sorted(map(str, only))} if only else {}))
    for old in export.of(person).exclude(state__in=UNFINISHED):
        old.expire()
    runner.wake()
    return begun


def end(person: Person) -> None:
    """Cancel the archive that is being made, and remove the one that is finished."""
    for each in export.of(person):
        if each.cancel():
            job_changed(each)
        each.expire()
    runner.wake()


def current(person: Person) -> Job | None:
    """Return the archive that the person sees, whatever its state."""
    return _kept(person).first()


def finished(person: Person) -> JobQuerySet:
    """Return the person's own archives that can be downloaded: views use no other query."""
    return _kept(person).filter(state=State.DONE)


def _kept(person: Person) -> JobQuerySet:
    """Return what hasn't expired; an expired archive may not be removed yet."""
    return export.of(person).exclude(expires_at__lte=timezone.now())


def _result(job: Job) -> dict[str, int]:
    position = job.cursor["zip"]
    return {
        "count": position["count"],
        "offset": position["offset"],
        "directory": position["directory"],
        "missing": len(job.cursor.get("missing", [])),
    }
