"""Documents of an export, read here anew like an upload, and stored once for a person."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext as _

from chatapp.documents import worker_process
from chatapp.documents.errors import StoreUnavailable, explain
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.documents.quota import QuotaExceeded
from chatapp.documents.worker.pages import Extract, Reason, Refused
from chatapp.images.processing import clean_name
from chatapp.jobs.kinds import TryLater
from chatapp.transfer.importing.formats.project import TextDocument
from chatapp.transfer.importing.images import ImageStore


class DocumentLost(Exception):
    """Report why there is no document; `reason` is a key of `skipped.SKIPPED`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def held(store: ImageStore, sha256: str) -> Document | None:
    """Return the person's document with this content, which stays until it is attached."""
    same = Document.objects.filter(owner=store.person, sha256=sha256).first()
    if same:
        Document.objects.hold(store.person, [same.pk])
    return same


def stored(
    store: ImageStore, name: str, content: bytes, created_at: datetime | None = None
) -> Document:
    """Read a document and store it. Raises DocumentLost, and TryLater without a worker or when the
    bucket doesn't answer."""
    extract = _read(content)
    name, kind = clean_name(name, _("Document")), Format(extract.format)
    try:
        document = Document.objects.store(store.person, name, content, kind, extract)
    except QuotaExceeded as error:
        raise DocumentLost("document_quota") from error
    except StoreUnavailable as error:
        raise TryLater(error.sentence) from error
    if created_at:
        document.created_at = created_at
        document.save(update_fields=["created_at"])
    return document


class TextDocuments:
    """Documents of which an export has the text; `store` counts those that are lost."""

    def __init__(self, store: ImageStore) -> None:
        self._store = store
        self._found: dict[TextDocument, Document | None] = {}

    def is_found(self, file: TextDocument) -> bool:
        return file in self._found

    def find(self, file: TextDocument) -> Document | None:
        """Return the document of a file, None if it is lost. Slow the first time."""
        if file not in self._found:
            self._found[file] = self._document(file)
        return self._found[file]

    def look_up(self, files: Iterable[TextDocument]) -> None:
        """Find those that the person has already, by two queries."""
        by_hash = {_sha256(file): file for file in files if file not in self._found}
        rows = Document.objects.filter(owner=self._store.person, sha256__in=by_hash)
        for document in Document.objects.hold(
            self._store.person, [row.pk for row in rows]
        ).values():
            self._found[by_hash[document.sha256]] = document

    def forget(self) -> None:
        self._found.clear()

    def _document(self, file: TextDocument) -> Document | None:
        same = held(self._store, _sha256(file))
        try:
            return same or stored(self._store, file.name, file.text.encode(), file.added_at)
        except DocumentLost as lost:
            self._store.lost[lost.reason] += 1
            return None


def _sha256(file: TextDocument) -> str:
    return hashlib.sha256(file.text.encode()).hexdigest()


def _read(content: bytes) -> Extract:
    try:
        return worker_process.read_and_wait(content)
    except Refused as refused:
        if refused.reason is Reason.NO_WORKER:
            raise TryLater(explain(refused).sentence) from refused
        raise DocumentLost("document_unreadable") from refused
