"""Uploads without a browser, and imports without a server."""

import json
from typing import Any

from chatapp.accounts.models import Person
from chatapp.jobs.kinds import JobFailed
from chatapp.jobs.models import Job, State
from chatapp.jobs.runner import _step
from chatapp.transfer.importing import job as import_job
from chatapp.transfer.importing import uploads
from chatapp.transfer.importing.uploads import Chosen
from chatapp.transfer.models import Import, UploadedFile

EXPORT = "conversations.json"


def uploaded(person: Person, content: bytes, name: str = EXPORT) -> UploadedFile:
    """Store a file as the page does, slice by slice."""
    file = uploads.begin(person, Chosen(name, len(content), 1))
    size = uploads.SLICE_BYTES
    for number in range(uploads.count_slices(file)):
        uploads.add_slice(file, number, content[number * size : (number + 1) * size])
    return file


def run(job: Job, at_most: int = 10_000) -> int:
    """Make an import, or some steps of it, as the runner does; return how many it took."""
    assert job.take()
    for count in range(1, at_most + 1):
        try:
            has_more = _step(job, import_job.import_chats)
        except JobFailed as error:
            job.finish(State.FAILED, import_job.import_chats.keep, str(error))
            return count
        if not has_more:
            job.finish(State.DONE, import_job.import_chats.keep)
            return count
    job.release()
    return at_most


def begun(person: Person, *files: Any) -> Job:
    """Upload files and begin to import them: bytes, or what becomes JSON."""
    import_job.note_ends(person)
    for number, file in enumerate(files):
        content = file if isinstance(file, bytes) else json.dumps(file).encode()
        uploaded(person, content, f"{number}.zip" if content[:2] == b"PK" else f"{number}.json")
    import_job.start(person)
    job: Job = Job.objects.get(owner=person, kind="import_chats", state="queued")
    return job


def imported(person: Person, *files: Any) -> Import:
    """Import files, and return the import with its report."""
    job = begun(person, *files)
    run(job)
    import_job.note_ends(person)
    found: Import = Import.objects.get(job=job)
    return found
