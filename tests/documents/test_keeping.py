"""Where the bytes of documents are kept, how much fits, and when they are deleted."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations import housekeeping
from chatapp.conversations.models import Attachment, Exchange
from chatapp.documents import errors, store
from chatapp.documents.models import MEGABYTE, Document, DocumentData
from chatapp.documents.quota import QuotaExceeded
from chatapp.documents.worker.pages import Unit
from chatapp.images.garbage_collection import Collected, collect, remove_orphans
from tests.documents.conftest import FakeBucket
from tests.documents.kit import stored

pytestmark = pytest.mark.django_db
LONG = "x" * MEGABYTE


def test_a_document_is_kept_where_images_are(owner: Person, bucket: FakeBucket) -> None:
    document = stored(owner, "One.", "Two.")

    assert list(bucket) == [document.bucket_key]
    assert document.bucket_key.startswith(f"documents/{owner.pk}/{document.sha256}/")
    assert document.content == b"One.\fTwo."
    assert not DocumentData.objects.exists()
    bucket.clear()
    with pytest.raises(errors.DocumentMissing):
        store.read(document)


def test_a_bucket_that_does_not_answer_refuses_for_now(
    owner: Person, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMAGE_STORE = "bucket"  # and none is configured

    with pytest.raises(errors.DocumentsUnavailable):
        stored(owner, "One.")


def test_usage_counts_files_and_their_text(owner: Person, member: Person) -> None:
    stored(owner, "One.")
    stored(member, "Three.")

    assert Document.objects.usage(owner).used == 2 * len("One.")
    assert Document.objects.usage(owner).quota == 100 * MEGABYTE
    assert Document.objects.total_usage().used == 2 * len("One.Three.")
    assert Document.objects.total_usage().quota == 250 * MEGABYTE


def test_a_full_quota_refuses_new_documents_only(
    owner: Person, member: Person, settings: Any, bucket: FakeBucket
) -> None:
    settings.DOCUMENT_QUOTA_PERSON_MB, settings.DOCUMENT_QUOTA_TOTAL_MB = 3, 4
    first = stored(owner, LONG)

    with pytest.raises(QuotaExceeded, match=r"are left\. Delete conversations"):
        stored(owner, LONG, "more")
    with pytest.raises(QuotaExceeded, match="for everybody are left"):
        stored(member, LONG, "even more")

    assert stored(owner, LONG) == first
    assert len(bucket) == 1


def test_an_unsent_document_is_deleted_with_its_object(owner: Person, bucket: FakeBucket) -> None:
    document = stored(owner, "One.")

    assert collect(timezone.now() + timedelta(hours=23), files=Document.objects) == Collected()
    gone = collect(timezone.now() + timedelta(hours=25), owner, Document.objects)

    assert gone == Collected(1, document.byte_size)
    assert not bucket


def test_a_document_of_a_message_stays(owner: Person, exchange: Exchange) -> None:
    document = stored(owner, "One.")
    Attachment.objects.create(message=exchange.message, document=document, position=0)

    assert collect(timezone.now() + timedelta(days=9), files=Document.objects) == Collected()


def test_the_server_deletes_unsent_documents(owner: Person) -> None:
    stored(owner, "One.")
    Document.objects.update(keep_until=timezone.now() - timedelta(days=1))

    housekeeping._collect()

    assert not Document.objects.exists()


def test_objects_without_a_row_are_removed_from_their_own_folder(
    owner: Person, bucket: FakeBucket
) -> None:
    document = stored(owner, "One.")
    bucket |= {"documents/gone/1/2": b"", "images/of/somebody": b""}

    assert remove_orphans(timezone.now(), store.FOLDER, Document.objects) == 1

    assert set(bucket) == {document.bucket_key, "images/of/somebody"}


@pytest.mark.parametrize(
    ("unit", "texts", "note"),
    [
        (Unit.PAGE, ["word " * 2000] * 12, "PDF, 12 pages, about "),
        (Unit.PAGE, ["A word."], "PDF, 1 page, about 10 tokens"),
        (Unit.SHEET, ["A word."] * 2, "PDF, 2 sheets, about 10 tokens"),
        (Unit.PART, ["A word."] * 2, "PDF, about 10 tokens"),
        (Unit.PAGE, ["word " * 90_000] * 2, "It is too long to go to the model, which can look"),
    ],
)
def test_the_note_says_how_long_a_document_is(
    owner: Person, unit: Unit, texts: list[str], note: str
) -> None:
    assert note in stored(owner, *texts, unit=unit).note
