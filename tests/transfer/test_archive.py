"""Everything of a person in one zip, which any process continues and any program opens."""

import shutil
import subprocess
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import RestrictedError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Draft, add_exchange
from chatapp.images import garbage_collection
from chatapp.images.models import Image
from chatapp.jobs import runner
from chatapp.jobs.models import Job
from chatapp.mcp.models import Server
from chatapp.transfer.account_record import DRAFTS_AT_ONCE
from chatapp.transfer.archive import export, files, stored_files
from chatapp.transfer.archive import step as archive_step
from chatapp.transfer.models import ArchivePart
from tests.support.replies import complete, new_message
from tests.transfer.kit import (
    PIXEL,
    content,
    image,
    made_export,
    opened,
    read_json,
    rich_conversation,
    steps,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("no_reply")]


def conversation(owner: Person, text: str = "Hello") -> Conversation:
    exchange = add_exchange(owner, new_message(text))
    complete(exchange.reply)
    return exchange.conversation


def ids(archive: zipfile.ZipFile) -> set[UUID]:
    names = read_json(archive, "manifest.json")["conversations"]
    found = [each["id"] for name in names for each in read_json(archive, name)["conversations"]]
    assert len(found) == len(set(found))
    return set(map(UUID, found))


def test_an_archive_of_selected_chats_has_them_and_their_images_alone(
    owner: Person, member: Person
) -> None:
    chosen, other, foreign = rich_conversation(owner), conversation(owner), conversation(member)
    image(owner, b"shown nowhere")

    job = export.start(owner, [chosen.pk, foreign.pk])
    steps(job)
    archive = opened(Job.objects.get())

    assert ids(archive) == {chosen.pk}
    assert other.pk not in ids(archive)
    assert "account.json" not in archive.namelist()
    assert read_json(archive, "manifest.json")["account"] is None
    assert len([name for name in archive.namelist() if name.startswith("images/")]) == 2


def test_an_archive_has_all_chats_as_json_and_as_pages(owner: Person, tmp_path: Path) -> None:
    rich, plain = rich_conversation(owner), conversation(owner)
    job = made_export(owner)
    archive = opened(job)

    assert ids(archive) == {rich.pk, plain.pk}
    pages = {name for name in archive.namelist() if name.endswith(".html")}
    assert pages == {"index.html", f"pages/{rich.pk}.html", f"pages/{plain.pk}.html"}
    index = archive.read("index.html").decode()
    assert all(f'href="pages/{each.pk}.html"' in index for each in (rich, plain))
    listed = read_json(archive, "images.json")["images"]
    assert {archive.read(each["file"]) for each in listed} == {PIXEL, PIXEL * 2}
    page = archive.read(f"pages/{rich.pk}.html").decode()
    assert all(f'src="../{each["file"]}"' in page for each in listed)
    assert {"pages/style.css", "pages/reply-math.woff2"} <= set(archive.namelist())
    assert (job.done, job.total) == (6, 6)

    (tmp_path / "a.zip").write_bytes(content(job))
    if unzip := shutil.which("unzip"):  # which reads the records more strictly than Python
        subprocess.run([unzip, "-tq", tmp_path / "a.zip"], check=True, capture_output=True)


def test_an_archive_has_no_trash_no_others_and_no_secrets(owner: Person, member: Person) -> None:
    trashed, shown = conversation(owner, "Trashed text"), conversation(owner)
    conversation(member, "A member's text")
    image(member, b"A member's image")
    Conversation.objects.filter(pk=trashed.pk).update(trashed_at=timezone.now())
    Draft.objects.create(person=owner, conversation=trashed, text="Trashed draft")
    Draft.objects.create(person=owner, conversation=shown, text="A draft")
    Server.objects.create(
        name="Notes", url="https://n.example.com/mcp?key=secret1", encrypted_token="secret2"
    )

    archive = opened(made_export(owner))

    assert ids(archive) == {shown.pk}
    everything = b"".join(map(archive.read, archive.namelist()))
    for absent in (b"Trashed", b"member", b"secret1", b"secret2", owner.password.encode()):
        assert absent not in everything
    account = read_json(archive, "account.json")
    assert [each["text"] for each in account["drafts"]] == ["A draft"]
    assert account["mcp_servers"][0]["url"] == "https://n.example.com/mcp"
    assert "mcp_servers" not in read_json(opened(made_export(member)), "account.json")


def test_drafts_are_written_a_few_at_a_time(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive_step, "STEP_BYTES", 1)
    wanted = [f"Draft {number}" for number in range(2 * DRAFTS_AT_ONCE + 1)]
    for text in wanted:
        Draft.objects.create(person=owner, conversation=conversation(owner), text=text)

    with CaptureQueriesContext(connection) as queries:
        archive = opened(made_export(owner))

    account = read_json(archive, "account.json")
    assert [each["text"] for each in account["drafts"]] == wanted
    read = [each for each in queries if 'FROM "conversations_draft"' in each["sql"]]
    assert len(read) == 4
    assert all(f"LIMIT {DRAFTS_AT_ONCE}" in each["sql"] for each in read)


def test_an_export_is_continued_by_other_processes_at_every_step(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = {rich_conversation(owner).pk, *(conversation(owner, "x" * 500).pk for _ in range(3))}
    monkeypatch.setattr("chatapp.transfer.reading.MESSAGES_AT_ONCE", 1)
    monkeypatch.setattr(files, "SHARD_BYTES", 2_000)
    monkeypatch.setattr(stored_files, "IMAGES_AT_ONCE", 1)
    # Each step ends after the first piece that it writes.
    monkeypatch.setattr(archive_step, "STEP_BYTES", 1)
    job = export.export.enqueue(owner)
    taken = 0
    while job.state != "done":
        taken += 1
        job = Job.objects.get(pk=job.pk)
        steps(job, at_most=1)

    assert taken > 20
    archive = opened(Job.objects.get(pk=job.pk))
    assert ids(archive) == made
    assert len(read_json(archive, "manifest.json")["conversations"]) > 1
    parts = ArchivePart.objects.filter(job=job)
    assert [each.number for each in parts] == list(range(len(parts)))


def test_a_step_that_was_not_saved_is_made_again(owner: Person) -> None:
    rich = rich_conversation(owner)
    job = export.export.enqueue(owner)
    steps(job, at_most=1)
    cursor = Job.objects.get(pk=job.pk).cursor
    # The process made the next step and died before it was saved.
    dead = Job.objects.get(pk=job.pk)
    export.files.write_pages(archive_step.Step(dead))

    assert Job.objects.get(pk=job.pk).cursor == cursor
    steps(Job.objects.get(pk=job.pk))
    assert ids(opened(Job.objects.get(pk=job.pk))) == {rich.pk}


def test_a_chat_that_is_deleted_meanwhile_leaves_a_complete_file(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, kept = sorted([conversation(owner), conversation(owner)], key=lambda each: each.pk)
    monkeypatch.setattr("chatapp.transfer.reading.MESSAGES_AT_ONCE", 1)
    monkeypatch.setattr(archive_step, "STEP_BYTES", 1)
    job = export.export.enqueue(owner)
    steps(job, at_most=1)
    gone_id = gone.pk
    assert Job.objects.get(pk=job.pk).cursor["current"] == str(gone_id)

    gone.messages.all().delete()
    gone.delete()
    steps(Job.objects.get(pk=job.pk))
    archive = opened(Job.objects.get(pk=job.pk))
    assert ids(archive) == {gone_id, kept.pk}
    assert f"pages/{gone_id}.html" not in archive.namelist()


def test_images_of_an_archive_stay_until_it_is_removed(owner: Person) -> None:
    rich = rich_conversation(owner)
    job = made_export(owner)
    rich.delete()
    later = timezone.now() + export.KEPT * 3

    garbage_collection.collect(later)
    assert Image.objects.count() == 2
    with pytest.raises(RestrictedError):
        Image.objects.all().delete()
    opened(job)

    assert job.expire()
    runner.remove_expired()
    assert not ArchivePart.objects.exists()
    assert not Job.objects.exists()
    garbage_collection.collect(later)
    assert not Image.objects.exists()


def test_a_lost_image_is_named_and_the_rest_is_exported(owner: Person) -> None:
    rich_conversation(owner)
    lost = Image.objects.order_by("pk").first()
    assert lost
    lost.data.delete()  # type: ignore[attr-defined]

    job = made_export(owner)

    archive = opened(job)
    assert job.result["missing"] == 1
    assert read_json(archive, "manifest.json")["missing_images"] == [lost.sha256]
    assert len(read_json(archive, "images.json")["images"]) == 1


def test_a_person_can_be_deleted_with_an_archive(owner: Person) -> None:
    conversation(owner)
    image(owner)
    made_export(owner)
    Conversation.objects.all().delete()

    owner.delete()
    assert not ArchivePart.objects.exists()


def test_an_empty_account_is_exported(owner: Person) -> None:
    archive = opened(made_export(owner))

    assert read_json(archive, "manifest.json")["conversations"] == []
    assert read_json(archive, "account.json")["email"] == owner.email
