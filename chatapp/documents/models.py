"""Documents that belong to a person, and their pages. `conversations.access` decides who may see
one."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

import django.db
from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Now
from django.utils import timezone

from chatapp.images.quota import Usage
from chatapp.inference.context_window import estimate_text

from . import labels, quota, sizes, store
from .formats import Format
from .page_ranges import MAX_DOCUMENT_TOKENS
from .worker.pages import Extract, Unit

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from .worker.pages import Page

MEGABYTE = 1024 * 1024
NAME_LENGTH = 200  # characters
TITLE_LENGTH = 100
KEY_LENGTH = 200
UNSENT = timedelta(hours=24)  # how long an upload waits in a composer
IN_FLIGHT = timedelta(hours=1)  # a message that attaches it is on its way, or is corrected
PAGES_AT_ONCE = 500  # rows that one statement writes


class DocumentManager(models.Manager["Document"]):
    def store(
        self,
        owner: AbstractBaseUser,
        name: str,
        content: bytes,
        kind: Format,
        extract: Extract,
    ) -> Document:
        """Store a document with its text, or return the person's row if it is already stored.

        If the same file arrives twice at once, the second one waits at the unique constraint and
        then finds the first. A file that is already stored keeps its first name. Raises
        QuotaExceeded, and StoreUnavailable when the bucket doesn't answer.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        same = self.filter(owner_id=owner.pk, sha256=sha256)
        if same.update(keep_until=timezone.now() + UNSENT) and (found := same.first()):
            return found
        pages = [_page(number, page) for number, page in enumerate(extract.pages, start=1)]
        size = len(content) + sum(len(page.text.encode()) for page in pages)
        quota.check(size, self.usage(owner), self.total_usage())
        key = store.put(owner.pk, sha256, content) if store.goes_to_bucket() else ""
        facts = {
            "name": name[:NAME_LENGTH],
            "format": kind,
            "byte_size": size,
            "bucket_key": key,
            "keep_until": timezone.now() + UNSENT,
            **_facts_of(extract, pages),
        }
        try:
            document = self._insert({"owner_id": owner.pk, "sha256": sha256}, facts, content, pages)
        except django.db.Error:
            if key:
                store.discard(key)
            raise
        if key and document.bucket_key != key:
            store.discard(key)
        return document

    def hold(
        self, owner: AbstractBaseUser, ids: Collection[uuid.UUID | str]
    ) -> dict[str, Document]:
        """Return the person's own documents among `ids` by id, for a message to attach.

        From now on they can't be collected before the message is stored. Raises ValidationError
        for an invalid id.
        """
        if not ids:
            return {}
        own = self.filter(owner_id=owner.pk, pk__in=ids)
        own.update(keep_until=timezone.now() + IN_FLIGHT)
        return {str(document.pk): document for document in own}

    def in_project(self, project_id: uuid.UUID) -> models.QuerySet[Document]:
        """Return the documents of a project, in the order in which they were added."""
        return self.filter(project_files__project=project_id).order_by("project_files__id")

    def usage(self, person: AbstractBaseUser) -> Usage:
        used = self.filter(owner_id=person.pk).aggregate(used=models.Sum("byte_size"))["used"]
        return Usage(used or 0, settings.DOCUMENT_QUOTA_PERSON_MB * MEGABYTE)

    def total_usage(self) -> Usage:
        used = self.aggregate(used=models.Sum("byte_size"))["used"]
        return Usage(used or 0, settings.DOCUMENT_QUOTA_TOTAL_MB * MEGABYTE)

    @transaction.atomic
    def _insert(
        self,
        key: Mapping[str, Any],
        facts: Mapping[str, Any],
        content: bytes,
        pages: list[DocumentPage],
    ) -> Document:
        document, is_new = self.get_or_create(facts, **key)
        if is_new:
            if not document.bucket_key:
                DocumentData.objects.create(document=document, content=content)
            for page in pages:
                page.document = document
            DocumentPage.objects.bulk_create(pages, batch_size=PAGES_AT_ONCE)
        return document

    def unreferenced(self, now: datetime) -> models.QuerySet[Document]:
        """Return documents that no message, draft, project, archive or pending upload uses."""
        unused = self.filter(attachments=None, project_files=None, archive_parts=None)
        return unused.filter(keep_until__lt=now)


class Document(models.Model):
    """Describe a document. Its bytes and its pages are stored separately, so lists stay small."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="documents"
    )
    sha256 = models.CharField(max_length=64)  # of the file
    name = models.CharField(max_length=NAME_LENGTH)
    title = models.CharField(max_length=TITLE_LENGTH, blank=True)
    format = models.CharField(max_length=10, choices=[(each, each) for each in Format])
    unit = models.CharField(max_length=10, choices=[(each, each) for each in Unit])
    byte_size = models.PositiveBigIntegerField()  # of the file and of its text
    # How many pages the file has, and how many of them were read.
    page_count = models.PositiveIntegerField()
    read_count = models.PositiveIntegerField()
    # Estimate of all text, and of the images of scanned pages.
    tokens = models.PositiveIntegerField()
    # How many of its first pages go to the model when a chat has no other document, and what they
    # cost; None in rows of an older release.
    fitting_count = models.PositiveIntegerField(null=True)
    fitting_tokens = models.PositiveIntegerField(null=True)
    # Empty while the bytes are in the database.
    bucket_key = models.CharField(max_length=KEY_LENGTH, blank=True)
    # Until then the document isn't collected, even if no message has it.
    keep_until = models.DateTimeField(default=timezone.now, db_default=Now())
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[DocumentManager] = DocumentManager()

    class Meta:
        constraints = [
            # The owner comes first, so the index also serves "the documents of this person".
            models.UniqueConstraint(fields=["owner", "sha256"], name="documents_once_per_owner")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def sent_tokens(self) -> int:
        """Return the estimate of what goes to the model when a chat has no other document."""
        fitting = self.fitting_tokens
        return min(self.tokens, MAX_DOCUMENT_TOKENS) if fitting is None else fitting

    @property
    def is_cut(self) -> bool:
        return self.read_count < self.page_count

    @property
    def extent(self) -> str:
        return labels.extent(self)

    @property
    def note(self) -> str:
        return labels.note(self)

    @property
    def content(self) -> bytes:
        """Return the file; see `store.read`."""
        return store.read(self)

    def stored_content(self) -> bytes | None:
        """Return the file from the database, None if it isn't there."""
        rows = DocumentData.objects.filter(pk=self.pk).values_list("content", flat=True)
        content = rows.first()
        return None if content is None else bytes(content)


class DocumentData(models.Model):
    """The bytes of a file, for downloading it and for images of its pages."""

    document = models.OneToOneField(
        Document, on_delete=models.CASCADE, primary_key=True, related_name="data"
    )
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.document_id)


class DocumentPage(models.Model):
    """The text of one page as Markdown; empty for a scanned page."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="pages")
    number = models.PositiveIntegerField()  # from 1
    name = models.CharField(max_length=100, blank=True)  # of a sheet or chapter
    text = models.TextField(blank=True)
    tokens = models.PositiveIntegerField()
    is_scanned = models.BooleanField(default=False)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="one_page_per_number")
        ]

    def __str__(self) -> str:
        return f"{self.document_id}, {self.number}"


def _facts_of(extract: Extract, pages: list[DocumentPage]) -> dict[str, Any]:
    return {
        "title": extract.title[:TITLE_LENGTH],
        "unit": extract.unit,
        "page_count": extract.count,
        **sizes.columns_of(pages),
    }


def _page(number: int, page: Page) -> DocumentPage:
    # The mark of a page has its name. A scan, which has none, is known by its lack of tokens.
    tokens = estimate_text(page.text) + (0 if page.is_scanned else estimate_text(page.name))
    return DocumentPage(number=number, tokens=tokens, **asdict(page))
