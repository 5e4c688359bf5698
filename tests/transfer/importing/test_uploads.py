"""/transfer/imports/: slices that arrive in any order, once, and only for their owner."""

import io
import json
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.images.bucket import Bucket
from chatapp.images.models import Image
from chatapp.jobs.kinds import JobFailed
from chatapp.jobs.models import Job
from chatapp.search import backfill
from chatapp.transfer.importing import job as import_job
from chatapp.transfer.importing import uploads
from chatapp.transfer.importing.slice_file import SliceFile
from chatapp.transfer.models import Import, UploadedFile, UploadedSlice
from tests.servers.exports import claude
from tests.transfer.importing.kit import imported, run, uploaded

pytestmark = pytest.mark.django_db(transaction=True)

PAGE, FORM = "/transfer/", "/transfer/imports/"
FILES, START, CANCEL = (f"{FORM}{name}" for name in ("files", "start", "cancellation"))
CONTENT = json.dumps(claude(3)).encode()
FILE = {"name": "a.json", "size": len(CONTENT), "modified": 1}


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("uploads.SLICE_BYTES", "slice_file.SLICE_BYTES"):
        monkeypatch.setattr(f"chatapp.transfer.importing.{name}", 100)


def announce(client: Client, **fields: Any) -> dict[str, Any]:
    answer = client.post(FILES, FILE | fields)
    assert answer.status_code == HTTPStatus.CREATED
    found: dict[str, Any] = answer.json()
    return found


def send(client: Client, file: object, number: int, content: bytes | None = None) -> int:
    piece = CONTENT[number * 100 : (number + 1) * 100] if content is None else content
    sent = {"slice": SimpleUploadedFile("slice", piece)}
    return client.post(f"{FILES}/{file}/slices/{number}", sent).status_code


def start(client: Client) -> int:
    return client.post(START, headers={"accept": "application/json"}).status_code


def test_an_upload_continues_with_the_slices_that_are_missing(
    owner: Person, owner_client: Client
) -> None:
    file = announce(owner_client)
    last = (len(CONTENT) - 1) // 100
    for number in (last, 0, 0):
        assert send(owner_client, file["file"], number) == HTTPStatus.CREATED
    assert start(owner_client) == HTTPStatus.CONFLICT
    assert "a.json" in owner_client.get(PAGE).content.decode()

    again = announce(owner_client)
    assert again == file | {"present": [0, last]}
    for number in range(1, last):
        send(owner_client, file["file"], number)
    assert start(owner_client) == HTTPStatus.OK
    assert start(owner_client) == HTTPStatus.OK
    assert "Waiting for its turn" in owner_client.get(PAGE).content.decode()
    run(Job.objects.get())
    assert Conversation.objects.of(owner).count() == 3
    page = owner_client.get(PAGE).content.decode()
    assert "3 new chats" in page
    assert "6 messages" in page


def test_a_file_is_read_at_any_place(owner: Person) -> None:
    file = SliceFile(uploaded(owner, CONTENT))
    for place in (0, 95, 100, 555, len(CONTENT) - 3):
        file.seek(place)
        assert file.read(250) == CONTENT[place : place + 250]
    assert file.seek(-5, io.SEEK_END) == len(CONTENT) - 5
    assert file.read() == CONTENT[-5:]
    assert len(file._kept) <= 4
    UploadedSlice.objects.filter(number=3).delete()
    file = SliceFile(UploadedFile.objects.get())
    with pytest.raises(JobFailed, match="Upload it again"):
        file.read()


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"size": "x"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"size": "-1"}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"size": "9" * 30}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"name": " "}, HTTPStatus.UNPROCESSABLE_ENTITY),
        ({"size": 0}, HTTPStatus.CONFLICT),
        ({"size": uploads.MAX_FILE_BYTES + 1}, HTTPStatus.CONFLICT),
    ],
)
def test_a_file_that_cannot_be_is_refused(
    owner_client: Client, fields: dict[str, Any], status: HTTPStatus
) -> None:
    answer = owner_client.post(FILES, FILE | fields)

    assert answer.status_code == status
    assert answer.json()["error"]


def test_a_slice_of_another_size_is_refused(owner_client: Client) -> None:
    file = announce(owner_client)["file"]
    for number, content in ((0, b"short"), (0, b""), (0, b"a" * 101), (99, b"a")):
        assert send(owner_client, file, number, content) == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not UploadedSlice.objects.exists()


def test_uploads_share_the_space_of_images(
    owner: Person, owner_client: Client, member_client: Client, settings: Any
) -> None:
    settings.IMAGE_QUOTA_TOTAL_MB = 1
    announce(owner_client, size=900_000)

    answer = member_client.post(FILES, FILE | {"size": 900_000})
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "There isn't enough space for a.json" in answer.json()["error"]
    owner_client.post(CANCEL)
    announce(member_client, size=900_000)


def test_other_people_have_nothing_to_do_with_an_upload(
    owner: Person, owner_client: Client, member_client: Client, stranger_client: Client
) -> None:
    file = announce(owner_client)["file"]
    done = imported_by(owner)
    urls = [f"{FILES}/{file}/slices/0", f"{FORM}{done.pk}/removal"]
    for url in urls:
        assert member_client.post(url).status_code == HTTPStatus.NOT_FOUND
        assert stranger_client.post(url).status_code in (302, 401)
        assert owner_client.get(url).status_code == HTTPStatus.METHOD_NOT_ALLOWED
    for url in (FILES, START, CANCEL, FORM):
        assert stranger_client.post(url).status_code in (302, 401)
    member_client.post(CANCEL)
    assert member_client.post(f"{FILES}/{uuid4()}/slices/0").status_code == HTTPStatus.NOT_FOUND
    assert str(done.pk) not in member_client.get(FORM).content.decode()
    assert str(done.pk) in owner_client.get(FORM).content.decode()
    assert UploadedFile.objects.filter(pk=file, for_import__ended_at=None).exists()


def imported_by(owner: Person) -> Import:
    """Return an import that has ended, beside one whose files are uploaded."""
    done: Import = Import.objects.create(
        owner=owner, ended_at=timezone.now(), report={"conversations": 1}
    )
    return done


def test_a_form_imports_one_file_without_scripts(owner: Person, owner_client: Client) -> None:
    answer = owner_client.post(FORM, {"file": SimpleUploadedFile("b.json", CONTENT)})
    assert (answer.status_code, answer["Location"]) == (302, PAGE)
    assert '<noscript><meta http-equiv="refresh"' in owner_client.get(PAGE).content.decode()
    busy = owner_client.post(FORM, {"file": SimpleUploadedFile("c.json", CONTENT)})
    assert "An import is running" in busy.content.decode()
    run(Job.objects.get())
    assert Conversation.objects.of(owner).count() == 3

    run_of_nothing = owner_client.post(FORM, {"file": SimpleUploadedFile("d.json", b"[]")})
    assert run_of_nothing.status_code == 302
    run(Job.objects.get(state="queued"))
    page = owner_client.get(PAGE).content.decode()
    assert "Nothing was imported" in page
    assert "has nothing in it." in page

    empty = owner_client.post(FORM)
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Choose a file to import." in empty.content.decode()


def test_an_upload_that_nobody_continues_goes_after_a_day(owner: Person) -> None:
    file = uploaded(owner, CONTENT)
    uploads.remove_forgotten(timezone.now())
    assert file.slices.exists()

    Import.objects.update(created_at=timezone.now() - timedelta(hours=25))
    uploads.remove_forgotten(timezone.now())
    assert not UploadedSlice.objects.exists()
    assert not Import.objects.unfinished().exists()


def test_slices_are_kept_in_the_bucket(owner: Person, bucket: Bucket) -> None:
    done = uploaded(owner, CONTENT)

    keys = [key for key, _written in bucket.keys(uploads.FOLDER)]
    assert len(keys) == uploads.count_slices(done)
    assert not any(row.content for row in UploadedSlice.objects.all())
    import_job.start(owner)
    run(Job.objects.get())
    assert Conversation.objects.of(owner).count() == 3
    import_job._end(Job.objects.get())
    assert not list(bucket.keys(uploads.FOLDER))


def test_a_removed_import_is_in_the_trash_except_what_was_continued(
    owner: Person, owner_client: Client
) -> None:
    before = imported(owner, claude(1))
    done = imported(owner, [*claude(4), *claude(1, messages=4)])
    [continued] = Conversation.objects.filter(title="Chat 3")
    continued.messages.filter(position=0).first().children.create(
        conversation=continued, position=1, on_branch=False, role="assistant", status="complete"
    )
    page = owner_client.get(PAGE).content.decode()
    assert "2 chats go to the trash." in page
    assert "2 chats stay" in page

    for _ in range(2):
        owner_client.post(f"{FORM}{done.pk}/removal")
    present = {each.title for each in Conversation.objects.of(owner)}
    assert present == {"Chat 0", "Chat 3"}
    assert Conversation.objects.in_trash().count() == 2
    assert "This import was removed" in owner_client.get(PAGE).content.decode()
    assert before.removed_at is None
    assert imported(owner, claude(4)).report["gone"] == 2
    assert not Image.objects.exists()


def test_search_finds_what_was_imported(owner: Person, owner_client: Client) -> None:
    chats = claude(2)
    chats[1]["chat_messages"][0]["text"] = "Where do walruses sleep?"
    imported(owner, chats)
    while backfill.renew_stale():
        pass

    page = owner_client.get("/search/?q=walruses").content.decode()
    assert "sleep?" in page
    assert "Chat 1" in page
