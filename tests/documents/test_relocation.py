"""Documents move to the bucket and back with the images; `manage.py storage` counts them."""

import hashlib

import pytest
from django.core.management import CommandError, call_command

from chatapp.accounts.models import Person
from chatapp.documents import store
from chatapp.documents.errors import DocumentMissing
from chatapp.documents.models import Document, DocumentData
from chatapp.documents.relocation import DOCUMENTS
from chatapp.images.models import Image
from chatapp.images.relocation import FileDamaged
from tests.documents.conftest import FakeBucket
from tests.documents.kit import stored
from tests.images.conftest import made

pytestmark = pytest.mark.django_db


@pytest.fixture
def document(owner: Person, bucket: FakeBucket, settings: object) -> Document:
    """Return a document in the database that could be in a bucket."""
    settings.IMAGE_STORE = "database"  # type: ignore[attr-defined]
    return stored(owner, "One.")


def test_all_files_are_moved_and_come_back(
    owner: Person,
    document: Document,
    bucket: FakeBucket,
    capsys: pytest.CaptureFixture[str],
) -> None:
    stored(owner, "Two.", name="b.pdf")
    Image.objects.store(owner, made())

    call_command("move_images", to="bucket")  # by its former name

    assert "Moved 3 of 3 images and documents" in capsys.readouterr().out
    assert not DocumentData.objects.exists()
    assert sum(key.startswith(store.FOLDER) for key in bucket) == 2
    assert {each.content for each in Document.objects.all()} == {b"One.", b"Two."}

    call_command("move_files", to="database")

    assert bucket == {}
    assert {each.content for each in Document.objects.all()} == {b"One.", b"Two."}


def test_a_limit_counts_both(owner: Person, document: Document, bucket: FakeBucket) -> None:
    Image.objects.store(owner, made())

    call_command("move_files", to="bucket", limit=1)
    assert DOCUMENTS.outside("bucket").count() == 1

    call_command("move_files", to="bucket")
    assert DOCUMENTS.outside("bucket").count() == 0


def test_a_document_that_was_moved_meanwhile_is_read(
    document: Document, bucket: FakeBucket
) -> None:
    before = Document.objects.get()
    assert DOCUMENTS.move(Document.objects.get(), "bucket")
    after = Document.objects.get()

    assert before.content == b"One."
    assert not DOCUMENTS.move(after, "bucket")
    assert DOCUMENTS.move(Document.objects.get(), "database")
    assert after.content == b"One."
    Document.objects.all().delete()
    with pytest.raises(DocumentMissing):
        store.read(after)


def test_a_damaged_document_stays_and_is_reported(
    document: Document, bucket: FakeBucket, capsys: pytest.CaptureFixture[str]
) -> None:
    DocumentData.objects.update(content=b"other bytes")

    with pytest.raises(CommandError, match="1 couldn't be moved"):
        call_command("move_files", to="bucket")

    assert f"{document.pk}: these are not the bytes" in capsys.readouterr().err
    DocumentData.objects.all().delete()
    with pytest.raises(FileDamaged, match="not in the database"):
        DOCUMENTS.move(document, "bucket")
    assert bucket == {}


def test_the_command_counts_documents(
    document: Document, owner: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    assert document.sha256 == hashlib.sha256(b"One.").hexdigest()

    call_command("storage")

    said = capsys.readouterr().out.replace("\xa0", " ")
    assert f"{owner.email}: 1 document, 8 bytes of 100.0 MB" in said
    assert "In the database: 1 document, 8 bytes" in said
    assert "New documents go to the database." in said


def test_unused_documents_and_their_objects_are_collected(
    owner: Person, bucket: FakeBucket, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(owner, "One.")
    Document.objects.update(keep_until="2020-01-01T00:00Z")
    bucket |= {"documents/gone/1/2": b""}

    call_command("storage", "--collect")

    said = capsys.readouterr().out.replace("\xa0", " ")
    assert "Deleted 1 document, 8 bytes." in said
    assert "Removed 1 left-over object from the bucket." in said
    assert bucket == {}
