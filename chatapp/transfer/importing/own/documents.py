"""Documents of this app's export: their files, which are read here anew. What the export says about
their text counts for nothing."""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Iterator, Mapping

import msgspec
from django.utils.translation import gettext as _

from chatapp.documents import worker_process
from chatapp.documents.errors import StoreUnavailable, explain
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.documents.quota import QuotaExceeded
from chatapp.documents.worker.pages import Extract, Reason, Refused
from chatapp.documents.worker.protocol import MAX_FILE_BYTES
from chatapp.images.processing import clean_name
from chatapp.jobs.kinds import TryLater
from chatapp.transfer.importing.archive import Archive, Entry
from chatapp.transfer.importing.images import ImageLost, ImageStore, read_entry
from chatapp.transfer.importing.own.records import DocumentRecord
from chatapp.transfer.importing.sources import DOCUMENTS, parts_of


class DocumentLost(Exception):
    """Report why there is no document; `reason` is a key of `report.SKIPPED`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OwnDocuments:
    """Finds documents by the hashes that a file gives them; `store` counts those that are lost."""

    def __init__(self, archive: Archive, listed: Entry | None, store: ImageStore) -> None:
        self._archive = archive
        self._store = store
        self._entries: Mapping[str, Entry] = {entry.name: entry for entry in archive.entries}
        self._records = {each.sha256: each for each in _listed(archive, listed)}
        self._found: dict[str, Document | None] = {}

    def is_found(self, sha256: str) -> bool:
        return sha256 in self._found

    def find(self, sha256: str) -> Document | None:
        """Return a document, None if it is lost. Slow the first time."""
        if sha256 not in self._found:
            self.take(self._records.get(sha256) or DocumentRecord(sha256))
        return self._found[sha256]

    def take(self, record: DocumentRecord) -> None:
        """Store a document. Raises TryLater without a worker or when the bucket doesn't answer."""
        try:
            self._found[record.sha256] = self._held(record) or self._stored(record)
        except DocumentLost as lost:
            self._store.lost[lost.reason] += 1
            self._found[record.sha256] = None

    def forget(self) -> None:
        self._found.clear()

    def _held(self, record: DocumentRecord) -> Document | None:
        person = self._store.person
        same = Document.objects.filter(owner=person, sha256=record.sha256).first()
        if same:
            Document.objects.hold(person, [same.pk])
        return same

    def _stored(self, record: DocumentRecord) -> Document:
        content = self._content(record)
        # By another hash, one file of an archive would be another one's document.
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise DocumentLost("document_unreadable")
        extract = _read(content)
        name = clean_name(record.name, _("Document"))
        kind = Format(extract.format)
        try:
            document = Document.objects.store(self._store.person, name, content, kind, extract)
        except QuotaExceeded as error:
            raise DocumentLost("document_quota") from error
        except StoreUnavailable as error:
            raise TryLater(error.sentence) from error
        if record.created_at:
            document.created_at = record.created_at
            document.save(update_fields=["created_at"])
        return document

    def _content(self, record: DocumentRecord) -> bytes:
        try:
            if record.data:
                return b64decode(record.data, validate=True)
            if entry := self._entries.get(record.file):
                return read_entry(self._archive, entry, MAX_FILE_BYTES)
        except (binascii.Error, ValueError, ImageLost) as error:
            raise DocumentLost("document_unreadable") from error
        raise DocumentLost("document_missing")


def _read(content: bytes) -> Extract:
    try:
        return worker_process.read_and_wait(content)
    except Refused as refused:
        if refused.reason is Reason.NO_WORKER:
            raise TryLater(explain(refused).sentence) from refused
        raise DocumentLost("document_unreadable") from refused


def _listed(archive: Archive, listed: Entry | None) -> Iterator[DocumentRecord]:
    for source in parts_of(archive, listed, of_object=True) if listed else ():
        if source.key == DOCUMENTS and not source.problem:
            try:
                yield msgspec.json.decode(source.text, type=DocumentRecord)
            except msgspec.DecodeError:  # its conversations report it as missing
                continue
