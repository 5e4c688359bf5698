"""Imports: from uploaded files to conversations and a report."""

import json
from typing import Any

import pytest

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation, Message
from chatapp.jobs import runner
from chatapp.jobs.models import Job
from chatapp.transfer.importing import job as import_job
from chatapp.transfer.importing import step
from chatapp.transfer.importing.report import Report
from chatapp.transfer.models import Import, ImportedConversation, UploadedSlice
from tests.servers.exports import chatgpt, claude, zip_of, zipped
from tests.transfer.importing.kit import begun, imported, run

pytestmark = pytest.mark.django_db(transaction=True)


def problems(done: Import) -> list[list[str]]:
    found: list[list[str]] = done.report.get("problems", [])
    return found


def test_conversations_come_in_and_are_reported(owner: Person) -> None:
    done = imported(owner, claude(3), zipped(conversations__json=[chatgpt("one")]))

    assert done.ended_at
    assert not done.error
    assert Conversation.objects.of(owner).count() == 4
    assert (done.report["conversations"], done.report["messages"]) == (4, 8)
    assert not problems(done)
    job = Job.objects.get()
    assert (job.done, job.total) == (4, 4)


def test_importing_again_adds_only_what_is_new(owner: Person) -> None:
    imported(owner, claude(2))
    runner.remove_expired()
    assert not UploadedSlice.objects.exists()
    assert not Job.objects.exists()

    grown = claude(3)
    grown[0]["chat_messages"] += [{"uuid": "new", "sender": "human", "text": "More"}]
    report = imported(owner, grown).report
    assert (report["conversations"], report["grown"], report["known"]) == (1, 1, 1)
    assert report["messages"] == 4  # a new chat, a message, and what stands for its reply


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ([], "nothing"),
        (b"no json", "not_json"),
        (b"[", "truncated"),
        (b"PK no zip", "broken_zip"),
        ({"total_files": 1, "data_files": []}, "downloads"),
        ([{"a": 1}], "not_conversation"),
        (zipped(readme__txt=b"Hello"), "no_conversations"),
        (zip_of({"inner.zip": b"PK"}), "inner_zip"),
        ({"format": "chat-export", "version": 2, "conversations": []}, "newer_version"),
        (
            {"format": "chat-export", "version": 1, "conversations": [{"id": 1}]},
            "broken_conversation",
        ),
    ],
)
def test_a_file_without_chats_is_explained(owner: Person, file: Any, kind: str) -> None:
    done = imported(owner, file)

    assert [found[0] for found in problems(done)] == [kind]
    report = Report(done.report)
    assert report.is_empty
    assert report.problem_lines[0].sentence


def test_what_is_whole_of_a_broken_file_comes_in(owner: Person) -> None:
    cut = json.dumps(claude(3)).encode()[:-20]

    done = imported(owner, cut)
    assert done.report["conversations"] == 2
    assert problems(done) == [["truncated", "0.json"]]


def test_shards_are_read_and_missing_ones_are_named(owner: Person) -> None:
    manifest = {
        "logical_files": {
            "conversations.json": {
                "files": ["conversations-000.json", "conversations-001.json"],
                "sharded": True,
            }
        }
    }
    files = {"export_manifest.json": manifest, "conversations-000.json": [chatgpt()]}

    done = imported(owner, zip_of(files))
    assert done.report["conversations"] == 1
    assert problems(done) == [["missing_shard", "0.zip: conversations-001.json"]]


def test_an_import_continues_after_every_step(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "STEP_SECONDS", 0)
    files = {"conversations-000.json": claude(5), "conversations-001.json": [chatgpt()]}
    job = begun(owner, zip_of(files), claude(2, uuid="x"))
    while Job.objects.get(pk=job.pk).is_unfinished:
        step._readers.clear()  # as if another process continued
        run(Job.objects.get(pk=job.pk), at_most=1)

    assert Conversation.objects.of(owner).count() == 7
    assert Message.objects.count() == 16
    assert ImportedConversation.objects.count() == 7
    done = Import.objects.get()
    assert (done.report["conversations"], done.report["grown"]) == (7, 1)


def test_a_cancelled_import_keeps_what_came_in(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(step, "STEP_SECONDS", 0)
    run(begun(owner, claude(5)), at_most=5)

    import_job.cancel(owner)
    done = Import.objects.get()
    assert done.is_cancelled
    assert 0 < Conversation.objects.of(owner).count() == done.report["conversations"] < 5
    runner.remove_expired()
    assert not UploadedSlice.objects.exists()
    assert imported(owner, claude(5)).report["conversations"] > 0
