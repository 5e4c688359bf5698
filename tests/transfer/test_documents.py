"""Documents in exports, and the way back: with their files, and read anew."""

import base64
import hashlib
import io
import json
import zipfile
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Attachment,
    Conversation,
    Draft,
    Exchange,
    add_exchange,
)
from chatapp.documents import worker_process
from chatapp.documents.formats import Format
from chatapp.documents.models import Document, DocumentData
from chatapp.documents.worker.reading import read
from chatapp.jobs.kinds import TryLater
from chatapp.jobs.models import Job
from chatapp.transfer import conversation_json
from chatapp.transfer.models import Import
from tests.documents.kit import attach, from_file, made_of
from tests.documents.phrases import FILES
from tests.support.replies import complete, new_message
from tests.transfer.importing.kit import imported
from tests.transfer.kit import body, content, made_export, opened, read_json

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]


def sent(owner: Person, *documents: Document) -> Exchange:
    added = add_exchange(owner, new_message("See."))
    for position, document in enumerate(documents):
        attach(added.message, document, [1], position)
    complete(added.reply, "Fine.")
    return added


def records(owner: Person) -> dict[str, Any]:
    archive = opened(made_export(owner))
    found: dict[str, Any] = {
        name: read_json(archive, name) if name.endswith(".json") else archive.read(name)
        for name in archive.namelist()
        if name.endswith(".json") or name.startswith("documents/")
    }
    for name in filter(lambda name: name.endswith(".json"), found):
        del found[name]["exported_at"]
    return found | {"account.json": None}


def remove_everything() -> None:
    Job.objects.all().delete()
    Draft.objects.all().delete()
    Conversation.objects.all().delete()
    Import.objects.all().delete()
    Attachment.objects.all().delete()
    Document.objects.all().delete()


def changed(exported: bytes, **entries: Any) -> bytes:
    """Return an archive with other content of some entries; None leaves one out."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(exported)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            value = entries.get(name, old.read(name))
            if value is not None:
                new.writestr(name, value)
    return file.getvalue()


def test_an_export_that_is_imported_elsewhere_is_the_same(owner: Person) -> None:
    sheet = (FILES / "data.xlsx").read_bytes()
    documents = [
        from_file(owner, "two.pdf"),
        Document.objects.store(owner, "Données.xlsx", sheet, Format.XLSX, read(sheet)),
    ]
    sent(owner, *documents)
    before, exported = records(owner), content(made_export(owner))
    facts = {each.sha256: (each.page_count, each.tokens, each.unit) for each in documents}
    remove_everything()

    report = imported(owner, exported).report

    assert (report["conversations"], report.get("skipped", {})) == (1, {})
    found = {each.sha256: (each.page_count, each.tokens, each.unit) for each in _all(owner)}
    assert found == facts
    after = records(owner)
    for each in (before, after):
        each["documents.json"]["documents"].sort(key=lambda one: one["sha256"])
    assert sorted(after) == sorted(before)
    for name, content_before in before.items():
        assert after[name] == content_before, name
    pdf = hashlib.sha256((FILES / "two.pdf").read_bytes()).hexdigest()
    assert after[f"documents/{pdf}.pdf"] == (FILES / "two.pdf").read_bytes()


def _all(owner: Person) -> list[Document]:
    return list(Document.objects.filter(owner=owner))


def test_a_single_conversation_has_its_documents_inside(
    owner_client: Client, owner: Person
) -> None:
    added = sent(owner, from_file(owner, "two.pdf"))
    path = f"/c/{added.conversation.pk}/json"
    exported = body(owner_client, path)
    remove_everything()

    report = imported(owner, exported).report

    assert report.get("skipped", {}) == {}
    (record,) = json.loads(exported)["documents"]
    assert base64.b64decode(record["data"]) == (FILES / "two.pdf").read_bytes()
    again = json.loads(body(owner_client, path))
    assert again | {"exported_at": ""} == json.loads(exported) | {"exported_at": ""}


def test_a_large_file_is_only_in_an_archive(
    owner_client: Client, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    added = sent(owner, from_file(owner, "two.pdf"))
    monkeypatch.setattr(conversation_json, "MAX_INSIDE_BYTES", 1_000)
    exported = body(owner_client, f"/c/{added.conversation.pk}/json")
    remove_everything()

    report = imported(owner, exported).report

    assert "data" not in json.loads(exported)["documents"][0]
    assert report["skipped"] == {"document_missing": 1}


def test_markdown_and_pages_name_documents(owner_client: Client, owner: Person) -> None:
    document = made_of(owner, "A.", "B.", name="a <b>_c_.pdf")
    path = f"/c/{sent(owner, document).conversation.pk}"

    markdown = body(owner_client, f"{path}/markdown").decode()
    page = body(owner_client, f"{path}/html").decode()

    name = r"a \<b\>\_c\_.pdf, PDF, 2 pages"
    assert f"[{name}](<http://testserver/documents/{document.pk}/>)" in markdown
    assert "a &lt;b&gt;_c_.pdf</span>, PDF, 2 pages" in page
    assert str(document.pk) not in page


def test_documents_of_others_are_not_exported(owner: Person, member: Person) -> None:
    sent(owner, made_of(member, "Theirs."))

    found = records(owner)

    assert found["documents.json"]["documents"] == []
    (attachment,) = found["conversations/0001.json"]["conversations"][0]["messages"][0][
        "attachments"
    ]
    assert (attachment["document"], attachment["name"]) == (None, "report.pdf")
    exported = content(made_export(owner))
    assert imported(member, exported).report["skipped"] == {"document_missing": 1}


def test_the_stored_text_and_the_hash_of_a_file_are_not_trusted(
    owner: Person, member: Person
) -> None:
    document = from_file(owner, "two.pdf")
    sent(owner, document)
    exported = content(made_export(owner))
    name = f"documents/{document.sha256}.pdf"

    for broken in (b"%PDF-1.7 other", b""):
        remove_everything_of(member)
        report = imported(member, changed(exported, **{name: broken})).report
        assert report["skipped"] == {"document_unreadable": 1}
    assert not Document.objects.filter(owner=member).exists()
    remove_everything_of(member)
    assert imported(member, changed(exported, **{name: None})).report["skipped"] == {
        "document_missing": 1
    }
    remove_everything_of(member)
    shard = "conversations/0001.json"
    pages = opened_bytes(exported, shard).replace(b'"pages":"1"', b'"pages":"1-99999"')
    assert imported(member, changed(exported, **{shard: pages})).report.get("skipped", {}) == {}
    attachment = Attachment.objects.get(message__conversation__owner=member)
    assert (attachment.pages, attachment.document_tokens) == ("", 0)
    assert attachment.document == Document.objects.get(owner=member)


def opened_bytes(exported: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        return archive.read(name)


def remove_everything_of(person: Person) -> None:
    Import.objects.filter(owner=person).delete()
    Conversation.objects.filter(owner=person).delete()


def test_an_import_waits_for_the_worker_and_for_space(
    owner: Person, member: Person, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    sent(owner, from_file(owner, "two.pdf"))
    exported = content(made_export(owner))
    settings.DOCUMENT_QUOTA_PERSON_MB = 0

    report = imported(member, exported).report

    assert report["skipped"] == {"document_quota": 1}

    def fails(content: bytes) -> None:
        raise worker_process.Refused(worker_process.Reason.NO_WORKER)

    monkeypatch.setattr(worker_process, "read_and_wait", fails)
    remove_everything_of(member)
    with pytest.raises(TryLater):
        imported(member, exported)


def test_an_archive_keeps_its_documents(owner: Person) -> None:
    added = sent(owner, from_file(owner, "two.pdf"))
    job = made_export(owner)
    whole = content(job)
    Conversation.objects.filter(pk=added.conversation.pk).delete()
    later = timezone.now() + timedelta(days=3)

    assert not Document.objects.unreferenced(later)
    assert content(job) == whole
    job.parts.all().delete()
    assert Document.objects.unreferenced(later)


def test_a_file_whose_bytes_are_lost_is_named(owner: Person) -> None:
    document = made_of(owner, "A.")
    sent(owner, document)
    DocumentData.objects.all().delete()

    assert records(owner)["manifest.json"]["missing_documents"] == [document.sha256]


def test_drafts_keep_their_documents(owner: Person) -> None:
    document = from_file(owner, "two.pdf")
    added = sent(owner, document)
    draft = Draft.objects.create(person=owner, conversation=added.conversation, text="Half")
    draft.attach((document,))
    exported = content(made_export(owner))
    remove_everything()

    imported(owner, exported)

    (attachment,) = Draft.objects.get().attachments.all()
    assert attachment.document == Document.objects.get()


def test_the_file_is_downloaded_after_an_import(owner_client: Client, owner: Person) -> None:
    sent(owner, from_file(owner, "two.pdf"))
    exported = content(made_export(owner))
    remove_everything()
    imported(owner, exported)

    answer = owner_client.get(f"/documents/{Document.objects.get().pk}/file")

    assert answer.status_code == HTTPStatus.OK
    assert answer.content == (FILES / "two.pdf").read_bytes()
