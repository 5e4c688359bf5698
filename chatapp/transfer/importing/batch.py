"""Some conversations of a file, read and with their images, to be written together."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from chatapp.conversations.models import Message
from chatapp.jobs.models import Job
from chatapp.transfer.importing.adding import Added, add_all, key_of, message_key
from chatapp.transfer.importing.formats.conversation import (
    MAX_TEXT,
    File,
    ReadConversation,
    ReadMessage,
    Skipped,
)
from chatapp.transfer.importing.formats.project import ReadProject
from chatapp.transfer.importing.formats.recognition import (
    is_list_of_downloads,
    read_conversation,
    read_project,
)
from chatapp.transfer.importing.json_items import Source, parsed
from chatapp.transfer.importing.own.items import OwnItems
from chatapp.transfer.importing.places import Places
from chatapp.transfer.importing.projects import NewFile, add_read
from chatapp.transfer.importing.reader import Reader
from chatapp.transfer.importing.report import Report

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

CONVERSATIONS_AT_ONCE = 60  # in one transaction
BYTES_AT_ONCE = 4_000_000  # of JSON


class Batch:
    def __init__(self, reader: Reader, job: Job, report: Report, until: float) -> None:
        """Set where to read from, what counts it, and when to stop, by the monotonic clock."""
        self.reader = reader
        self._job = job
        self._report = report
        self._until = until
        self._reads: list[ReadConversation] = []
        self._projects: list[ReadProject] = []
        self._own = OwnItems(reader, report, until)

    def fill(self) -> bool:
        """Read on; return whether the shard has ended. Raises ArchiveRefused."""
        size = count = 0
        while count < CONVERSATIONS_AT_ONCE and size < BYTES_AT_ONCE:
            source = self.reader.next()
            if source is None:
                if self.reader.has_nothing:
                    self._report.problem("nothing", self.reader.name)
                return True
            if not self._take(source):
                return self._own.is_refused  # or its images take another step
            before = self.reader.count
            self.reader.take()
            size += len(source.text)
            count += 1
            self._job.done += self.reader.count - before
            if time.monotonic() > self._until:
                break
        return False

    def add(self, person: "Person") -> list[Added]:
        """Write what was read; call it in a transaction."""
        for project in self._projects:
            self._report.add_project(add_read(person, project, self._files_of(project)))
        places = Places(person, self._report.made_projects)
        find_image = self.reader.images.find
        added = add_all(person, self._reads, find_image, places) if self._reads else []
        self._report.skip({"project": places.missing} if places.missing else {})
        return added + self._own.add(person)

    def _take(self, source: Source) -> bool:
        """Take an item; return False if its images need more time."""
        if source.problem:
            self._report.problem(source.problem, self.reader.name)
            return True
        if self.reader.is_own:
            return self._own.take(source)
        if self.reader.read is None:
            self.reader.read = self._read(source)
        read: ReadConversation | ReadProject | None = self.reader.read
        if read is None:
            return True
        if isinstance(read, ReadProject):
            return self._take_project(read)
        if not self._find_images(read):
            return False
        self._reads.append(read)
        self._report.skip(read.skipped)
        if count := sum(map(_is_long, read.messages)):
            self._report.skip({Skipped.LONG_TEXT: count})
        return True

    def _take_project(self, read: ReadProject) -> bool:
        """Take a project; return False if its documents need more time."""
        if not read.is_sample and not self._find_documents(read):
            return False
        if read.is_sample:
            self._report.skip({"sample_project": 1})
        else:
            self._projects.append(read)
            self._report.skip(read.skipped)
        return True

    def _find_documents(self, read: ReadProject) -> bool:
        """Store the documents of a project; return False if that takes longer than this step."""
        documents = self.reader.documents
        documents.look_up(read.documents)
        missing = [each for each in read.documents if not documents.is_found(each)]
        for each in missing:
            documents.find(each)
            if time.monotonic() > self._until:
                return all(map(documents.is_found, missing))
        return True

    def _files_of(self, read: ReadProject) -> list[NewFile]:
        found = [(self.reader.documents.find(each), each.added_at) for each in read.documents]
        return [NewFile(document, added_at) for document, added_at in found if document]

    def _read(self, source: Source) -> ReadConversation | ReadProject | None:
        value, problem = parsed(source)
        if not problem and (project := read_project(value)):
            return project
        read = None if problem else read_conversation(value)
        if read and not read.messages:
            self._report.skip({"empty_conversation": 1})
        elif read is None:
            is_project = self.reader.entry in self.reader.contents.projects
            unknown = "broken_project" if is_project else "not_conversation"
            kind = "downloads" if is_list_of_downloads(value) else problem or unknown
            self._report.problem(kind, self.reader.name)
        return read if read and read.messages else None

    def _find_images(self, read: ReadConversation) -> bool:
        """Store the images of what is new; return False if that takes longer than this step."""
        images = self.reader.images
        files = [pair for pair in _files(read) if not images.is_found(pair[1])]
        if not files:
            return True
        key = key_of(self.reader.store.person, read)
        known = set(Message.objects.filter(conversation=key).values_list("pk", flat=True))
        for message, file in files:
            if message_key(key, message) in known or images.is_found(file):
                continue
            images.find(file)
            if time.monotonic() > self._until:
                return all(images.is_found(each) for _message, each in files)
        return True


def _files(read: ReadConversation) -> Iterator[tuple[ReadMessage, File]]:
    for message in read.messages:
        for node in message.nodes:
            for file in node.files:
                yield message, file


def _is_long(message: ReadMessage) -> bool:
    return sum(len(node.text) for node in message.nodes) > MAX_TEXT
