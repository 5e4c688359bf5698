"""The items of a file of this app, taken one by one and written together."""

import time
import uuid
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from chatapp.prompts import importing as prompt_importing
from chatapp.prompts.files import Record as PromptRecord
from chatapp.prompts.import_report import Report as PromptReport
from chatapp.transfer.importing.adding import Added
from chatapp.transfer.importing.json_items import Source
from chatapp.transfer.importing.own import account, adding, projects
from chatapp.transfer.importing.own.found_files import FindFiles
from chatapp.transfer.importing.own.records import (
    VERSION,
    ConversationRecord,
    DocumentRecord,
    DraftRecord,
    FileMember,
    ImageRecord,
    ProjectFileRecord,
    ProjectRecord,
    SettingsRecord,
    ShownImage,
)
from chatapp.transfer.importing.places import Places
from chatapp.transfer.importing.reader import Reader
from chatapp.transfer.importing.report import Report
from chatapp.transfer.importing.sources import CONVERSATIONS, DOCUMENTS, IMAGES, PROJECTS

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

KINDS: dict[str, Any] = {
    "": FileMember,
    CONVERSATIONS: ConversationRecord,
    IMAGES: ImageRecord,
    DOCUMENTS: DocumentRecord,
    PROJECTS: ProjectRecord,
    "drafts": DraftRecord,
    "prompts": PromptRecord,
}
# How the report names what can't be read.
BROKEN = {
    CONVERSATIONS: "broken_conversation",
    "drafts": "broken_conversation",
    PROJECTS: "broken_project",
}


class OwnItems:
    def __init__(self, reader: Reader, report: Report, until: float) -> None:
        self.is_refused = False
        self._reader = reader
        self._images = reader.own_images
        self._documents = reader.own_documents
        self._report = report
        self._until = until
        self._projects: list[ProjectRecord] = []
        self._conversations: list[ConversationRecord] = []
        self._drafts: list[DraftRecord] = []
        self._prompts: list[PromptRecord] = []
        self._defaults: list[SettingsRecord] = []
        self._members: list[FileMember] = []

    def take(self, source: Source) -> bool:
        """Take an item; return False if its images need more time, or the file is refused."""
        if source.key == "mcp_servers":
            self._report.skip({"tools": 1})
        if source.key not in KINDS:
            return True
        if self._reader.read is None:
            try:
                kind = KINDS[source.key]
                self._reader.read = msgspec.json.decode(source.text, type=kind)
            except msgspec.DecodeError:
                self._report.problem(BROKEN.get(source.key, "not_json"), self._reader.name)
                return True
        return self._use(self._reader.read)

    def add(self, person: "Person") -> list[Added]:
        """Write what was taken; call it in a transaction."""
        find = FindFiles(self._images.find, self._documents.find)
        for project in self._projects:
            self._report.add_project(projects.add(person, project, find))
        places = Places(person, self._report.made_projects)
        places.lock(self._places(person))
        added = [adding.add(person, record, find, places) for record in self._conversations]
        self._report.skip({"project": places.missing} if places.missing else {})
        restored = [account.restore_defaults(person, each) for each in self._defaults]
        restored += [account.restore_draft(person, each, find) for each in self._drafts]
        for member in self._members:
            restored += account.restore_person(person, member)
        self._report.count("settings", sum(restored))
        if kept := restored.count(False):
            self._report.skip({"settings": kept})
        self._add_prompts(person)
        return added

    def _add_prompts(self, person: "Person") -> None:
        if not self._prompts:
            return
        prompts = PromptReport()
        prompt_importing.add(person, self._prompts, prompts)
        self._report.count("prompts", prompts.added)
        if prompts.left_out:
            self._report.skip({"prompts": prompts.left_out})

    def _use(self, record: object) -> bool:
        match record:
            case FileMember():
                return self._use_member(record)
            case ImageRecord():
                self._images.take(record)
            case DocumentRecord():
                self._documents.take(record)
            case PromptRecord():
                self._prompts.append(record)
            case DraftRecord() if self._has_files(_of_draft(record)):
                self._drafts.append(record)
            case ProjectRecord() if self._has_files(iter(record.files)):
                self._take_project(record)
            case ConversationRecord(messages=[]):
                self._report.skip({"empty_conversation": 1})
            case ConversationRecord() if self._has_files(_of_conversation(record)):
                self._take_conversation(record)
            case _:
                return False
        return True

    def _use_member(self, record: FileMember) -> bool:
        if record.version > VERSION:
            self.is_refused = True
            self._report.problem("newer_version", self._reader.name)
            return False
        self._members.append(record)
        if record.defaults:
            self._defaults.append(record.defaults)
        if record.tools:
            self._report.skip({"tools": len(record.tools)})
        return True

    def _take_project(self, record: ProjectRecord) -> None:
        self._projects.append(record)
        if lost := sum(not (each.image or each.document) for each in record.files):
            self._report.skip({"file": lost})

    def _places(self, person: "Person") -> Iterator[uuid.UUID]:
        for record in self._conversations:
            yield from projects.places_of(person, record.project)

    def _take_conversation(self, record: ConversationRecord) -> None:
        self._conversations.append(record)
        if record.allowed_tools:
            self._report.skip({"tools": len(record.allowed_tools)})
        shown = _of_conversation(record)
        lost = Counter(each.lost for each in shown if each.lost)
        self._report.skip(lost)

    def _has_files(self, shown: Iterator[ShownImage | ProjectFileRecord]) -> bool:
        """Find images and documents; return False if that takes longer than this step."""
        images, documents = set(), set()
        for each in shown:
            images.add(each.image)
            documents.add(each.document)
        for files, hashes in ((self._images, images), (self._documents, documents)):
            for sha256 in sorted(filter(None, hashes)):
                if files.is_found(sha256):
                    continue
                if time.monotonic() > self._until:
                    return False
                files.find(sha256)
        return True


def _of_conversation(record: ConversationRecord) -> Iterator[ShownImage]:
    for message in record.messages:
        yield from message.attachments
        for call in message.tool_calls:
            yield from call.images


def _of_draft(record: DraftRecord) -> Iterator[ShownImage]:
    yield from record.attachments
