"""One step of an import: some conversations, written together with the cursor and the report."""

import time
from typing import TYPE_CHECKING, Any

from chatapp.jobs.kinds import JobFailed
from chatapp.jobs.models import Job
from chatapp.transfer.importing.adding import Added
from chatapp.transfer.importing.archive import ArchiveRefused
from chatapp.transfer.importing.batch import Batch
from chatapp.transfer.importing.reader import Reader
from chatapp.transfer.importing.report import Report
from chatapp.transfer.models import Import, ImportedConversation, UploadedFile

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

STEP_SECONDS = 0.4
MAX_READERS = 4

# Kept between steps: opening a large archive again would take longer than a step.
_readers: dict[Any, Reader] = {}


class Step:
    def __init__(self, job: Job) -> None:
        found: Import | None = Import.objects.filter(job=job).first()
        if found is None:
            raise JobFailed("This import is gone.")
        self.job = job
        self.person: Person = job.owner
        self.current = found
        self.report = Report(found.report)
        self.files = list(found.files.all())
        self._until = time.monotonic() + STEP_SECONDS
        cursor = {"stage": "look", "file": 0, "shard": 0, "item": 0, "first": []}
        self.cursor: dict[str, Any] = cursor | job.cursor
        job.cursor = self.cursor

    def make(self) -> bool:
        """Do some more, however late it is; return whether there is more to do."""
        has_begun = False
        while not has_begun or time.monotonic() < self._until:
            has_begun = True
            if self.cursor["file"] == len(self.files):
                if self.cursor["stage"] == "import":
                    return False
                self.cursor |= {"stage": "import", "file": 0, "shard": 0, "item": 0}
            elif self.cursor["stage"] == "look":
                self._look()
            else:
                self._import()
                return True
        self._save(None)
        return True

    def _look(self) -> None:
        """Count the conversations of a shard, and note what is missing of a file."""
        reader = self._reader()
        if reader is None:
            self._next_file()
            return
        if self.cursor["shard"] == 0:
            for problem, name in reader.contents.problems:
                self.report.problem(problem, ": ".join(filter(None, (reader.file.name, name))))
        if reader.is_at_end:
            self._next_file()
            return
        self.job.total += reader.count_shard()
        if reader.has_projects and self.cursor["file"] not in self.cursor["first"]:
            self.cursor["first"] = [*self.cursor["first"], self.cursor["file"]]
        self.cursor["shard"] += 1
        self._keep(reader)

    def _import(self) -> None:
        """Import some conversations of a shard, in one transaction."""
        reader = self._reader()
        if reader is None or reader.is_at_end:
            self._next_file()
            self._save(None)
            return
        batch = Batch(reader, self.job, self.report, self._until)
        try:
            reader.go_to(self.cursor["shard"], self.cursor["item"])
            is_over = batch.fill()
        except ArchiveRefused as error:
            self.report.problem(error.reason, reader.name)
            is_over = True
        if is_over:
            reader.end_shard()
        self.cursor |= {"shard": reader.shard, "item": reader.item}
        self._save(batch)
        if is_over:
            reader.forget_images()
        self._keep(reader)

    def _save(self, batch: Batch | None) -> None:
        """Write what was read with the cursor. Raises JobLost, with nothing written."""
        with self.job.saving():
            if batch:
                self._note(batch.add(self.person))
                stored, lost = batch.reader.store.take_counts()
                self.report.count("images", stored)
                self.report.skip(lost)
            Import.objects.filter(pk=self.current.pk).update(report=self.report.values)

    def _note(self, added: list[Added]) -> None:
        for each in added:
            self.report.add(each)
        rows = [
            ImportedConversation(
                from_import=self.current,
                conversation=each.conversation,
                is_new=each.is_new,
                message_count=each.total,
            )
            for each in added
            if each.messages
        ]
        ImportedConversation.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["from_import", "conversation"],
            update_fields=["message_count"],
        )

    def _reader(self) -> Reader | None:
        """Return the open file at the cursor, None if it can't be read."""
        file = self._file()
        place = self.cursor["stage"], self.cursor["shard"], self.cursor["item"]
        reader = _readers.pop((self.job.pk, self.job.attempt, file.pk, *place), None)
        try:
            if reader is None:
                reader = Reader(file, self.person)
                reader.shard = self.cursor["shard"]
        except ArchiveRefused as error:
            self.report.problem(error.reason, file.name)
            return None
        return reader

    def _file(self) -> UploadedFile:
        """Return the file at the cursor. Those with projects are imported first, because the chats
        of others belong into them."""
        number: int = self.cursor["file"]
        if self.cursor["stage"] == "import":
            first: list[int] = self.cursor["first"]
            number = [*first, *(each for each in range(len(self.files)) if each not in first)][
                number
            ]
        return self.files[number]

    def _keep(self, reader: Reader) -> None:
        """Keep a file open for the next step, which may be another job's."""
        while len(_readers) >= MAX_READERS:
            _readers.pop(next(iter(_readers)), None)
        place = self.cursor["stage"], self.cursor["shard"], self.cursor["item"]
        _readers[self.job.pk, self.job.attempt, reader.file.pk, *place] = reader

    def _next_file(self) -> None:
        self.cursor |= {"file": self.cursor["file"] + 1, "shard": 0, "item": 0}
