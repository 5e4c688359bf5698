"""Archives and stored documents for tests."""

import io
import zipfile

from chatapp.accounts.models import Person
from chatapp.documents.formats import Format
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Extract, Page, Unit
from tests.documents.phrases import FILES


def stored(owner: Person, *texts: str, name: str = "a.pdf", unit: Unit = Unit.PAGE) -> Document:
    """Store a document whose pages have these texts."""
    extract = Extract(unit, [Page(text) for text in texts], count=len(texts))
    content = "\f".join(texts).encode()
    return Document.objects.store(owner, name, content, Format.PDF, extract)


def archive(**entries: bytes | str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries.items():
            made.writestr(name, content)
    return file.getvalue()


def changed(name: str, entry: str, content: bytes) -> bytes:
    """Return one of the files with other content of one entry."""
    with zipfile.ZipFile(FILES / name) as whole:
        entries = {each: whole.read(each) for each in whole.namelist()}
    return archive(**entries | {entry: content})
