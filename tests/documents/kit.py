"""Stored documents and attachments for the tests of documents."""

import hashlib
from collections.abc import Sequence

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Message
from chatapp.documents import page_ranges
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Extract, Page, Unit
from chatapp.documents.worker.reading import read
from tests.documents.phrases import FILES


def stored(owner: Person, *texts: str, name: str = "a.pdf", unit: Unit = Unit.PAGE) -> Document:
    """Store a document whose pages have these texts."""
    extract = Extract(unit, [Page(text) for text in texts], count=len(texts))
    content = "\f".join(texts).encode()
    return Document.objects.store(owner, name, content, Format.PDF, extract)


def made_of(
    owner: Person,
    *pages: Page | str,
    name: str = "report.pdf",
    unit: Unit = Unit.PAGE,
    content: bytes = b"",
    count: int = 0,
) -> Document:
    """Store a document with these pages; `content` is its file."""
    made = [Page(page) if isinstance(page, str) else page for page in pages]
    content = content or hashlib.sha256(repr((name, made)).encode()).digest()
    extract = Extract(unit, made, count=count or len(made))
    return Document.objects.store(owner, name, content, Format.PDF, extract)


def from_file(owner: Person, name: str) -> Document:
    content = (FILES / name).read_bytes()
    return Document.objects.store(owner, name, content, Format.PDF, read(content))


def attach(
    message: Message, document: Document, pages: Sequence[int] | None = None, position: int = 0
) -> Attachment:
    """Attach a document to a message as if it had been sent with it, whole or some pages of it."""
    numbers = range(1, document.read_count + 1) if pages is None else pages
    sizes = document.pages.filter(number__in=list(numbers)).values_list("tokens", flat=True)
    Message.objects.filter(pk=message.pk).update(is_plain=False)
    return Attachment.objects.create(
        message=message,
        position=position,
        document=document,
        pages=page_ranges.write(numbers),
        document_tokens=sum(sizes),
    )


def reread(reply: Message) -> Message:
    """Return a reply as another process reads it, with nothing known of what belongs to it."""
    return Message.objects.select_related("conversation__owner").get(pk=reply.pk)
