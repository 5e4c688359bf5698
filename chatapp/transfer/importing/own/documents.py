"""Documents of this app's export: their files, which are read here anew. What the export says about
their text counts for nothing."""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Iterator, Mapping

import msgspec

from chatapp.documents.models import Document
from chatapp.documents.worker.protocol import MAX_FILE_BYTES
from chatapp.transfer.importing.archive import Archive, Entry
from chatapp.transfer.importing.documents import DocumentLost, held, stored
from chatapp.transfer.importing.images import ImageLost, ImageStore, read_entry
from chatapp.transfer.importing.own.records import DocumentRecord
from chatapp.transfer.importing.sources import DOCUMENTS, parts_of


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
            same = held(self._store, record.sha256)
            self._found[record.sha256] = same or self._stored(record)
        except DocumentLost as lost:
            self._store.lost[lost.reason] += 1
            self._found[record.sha256] = None

    def forget(self) -> None:
        self._found.clear()

    def _stored(self, record: DocumentRecord) -> Document:
        content = self._content(record)
        # By another hash, one file of an archive would be another one's document.
        if hashlib.sha256(content).hexdigest() != record.sha256:
            raise DocumentLost("document_unreadable")
        return stored(self._store, record.name, content, record.created_at)

    def _content(self, record: DocumentRecord) -> bytes:
        try:
            if record.data:
                return b64decode(record.data, validate=True)
            if entry := self._entries.get(record.file):
                return read_entry(self._archive, entry, MAX_FILE_BYTES)
        except (binascii.Error, ValueError, ImageLost) as error:
            raise DocumentLost("document_unreadable") from error
        raise DocumentLost("document_missing")


def _listed(archive: Archive, listed: Entry | None) -> Iterator[DocumentRecord]:
    for source in parts_of(archive, listed, of_object=True) if listed else ():
        if source.key == DOCUMENTS and not source.problem:
            try:
                yield msgspec.json.decode(source.text, type=DocumentRecord)
            except msgspec.DecodeError:  # its conversations report it as missing
                continue
