"""Moving images to a bucket and back: whole, resumable, and harmless at any moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet

from chatapp.accounts.models import Person
from chatapp.documents.management.commands import move_files
from chatapp.images import relocation, store
from chatapp.images.bucket import Bucket
from chatapp.images.models import Image, ImageData
from chatapp.images.relocation import IMAGES, FileDamaged

from .conftest import made, objects

pytestmark = pytest.mark.django_db

BOTH_WAYS = pytest.mark.parametrize("to", ["bucket", "database"])


@pytest.fixture
def keep(owner: Person, bucket: Bucket, settings: Any) -> Callable[..., list[Image]]:
    """Keep images where they have to be moved from."""

    def keep(to: relocation.Place, count: int = 3) -> list[Image]:
        settings.IMAGE_STORE = "database" if to == "bucket" else "bucket"
        return [Image.objects.store(owner, made(content=b"%d" % number)) for number in range(count)]

    return keep


def check(place: relocation.Place, bucket: Bucket, count: int) -> None:
    """Every image is there, readable, and there only."""
    images = list(Image.objects.order_by("created_at"))
    assert [image.content for image in images] == [b"%d" % number for number in range(count)]
    assert all(image.thumbnail == b"small: " + image.content for image in images)
    assert {image.stored_in for image in images} == {place}
    assert ImageData.objects.count() == (count if place == "database" else 0)
    assert len(objects(bucket)) == (2 * count if place == "bucket" else 0)


@BOTH_WAYS
def test_all_images_are_moved_and_no_copy_remains(
    to: relocation.Place, keep: Any, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(to)

    call_command("move_files", to=to)

    check(to, bucket, 3)
    said = capsys.readouterr().out.replace("\xa0", " ")
    assert f"Moved 3 of 3 images and documents (27 bytes) to the {to}." in said
    assert f"set CHAT_IMAGE_STORE={to}." in said


@BOTH_WAYS
def test_a_limit_leaves_the_rest_for_the_next_time(
    to: relocation.Place,
    keep: Any,
    bucket: Bucket,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(move_files, "BATCH", 2)
    monkeypatch.setattr(move_files, "REPORT_EVERY", 2)
    keep(to, 5)

    call_command("move_files", to=to, limit=3)
    assert IMAGES.outside(to).count() == 2
    assert "2 of 3 images and documents (18" in capsys.readouterr().out.replace("\xa0", " ")

    call_command("move_files", to=to)
    check(to, bucket, 5)
    assert "Moved 2 of 2" in capsys.readouterr().out

    call_command("move_files", to=to)
    assert "Moved 0 of 0" in capsys.readouterr().out


@BOTH_WAYS
def test_an_interruption_anywhere_loses_nothing(
    to: relocation.Place, keep: Any, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies at each step in turn, until one move gets through."""
    keep(to, 1)
    steps = 0

    class Killed(BaseException):
        pass

    def dying_before(step: int, work: Callable[..., Any]) -> Callable[..., Any]:
        def worked(*args: Any, **kwargs: Any) -> Any:
            nonlocal steps
            steps += 1
            if steps == step:
                raise Killed
            return work(*args, **kwargs)

        return worked

    for step in range(1, 20):
        steps = 0
        with pytest.MonkeyPatch.context() as dying:
            for owner, name in (
                (Bucket, "put"),
                (Bucket, "get"),
                (Bucket, "remove"),
                (QuerySet, "update"),
                (QuerySet, "create"),
                (QuerySet, "delete"),
            ):
                dying.setattr(owner, name, dying_before(step, getattr(owner, name)))
            try:
                IMAGES.move(Image.objects.get(), to)
            except Killed:
                pass
            else:
                break
        assert Image.objects.get().content == b"0"
        assert Image.objects.get().thumbnail == b"small: 0"
    assert step > 5
    assert Image.objects.get().stored_in == to
    assert not IMAGES.outside(to).exists()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@BOTH_WAYS
def test_two_moves_can_run_at_once(to: relocation.Place, keep: Any, bucket: Bucket) -> None:
    keep(to, 8)
    start = threading.Barrier(2)

    def run() -> None:
        try:
            start.wait(timeout=10)
            call_command("move_files", to=to)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        for future in [threads.submit(run) for _ in range(2)]:
            future.result()

    check(to, bucket, 8)


@BOTH_WAYS
def test_the_second_of_two_removes_only_its_own_copy(
    to: relocation.Place, keep: Any, bucket: Bucket
) -> None:
    (image,) = keep(to, 1)
    same = Image.objects.get()

    assert IMAGES.move(image, to)
    assert not IMAGES.move(same, to)
    check(to, bucket, 1)


@BOTH_WAYS
def test_a_move_that_was_overtaken_removes_its_copy(
    to: relocation.Place, keep: Any, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image,) = keep(to, 1)
    checked = relocation._check

    def overtake(*args: Any) -> None:
        monkeypatch.undo()
        assert IMAGES.move(Image.objects.get(), to)
        checked(*args)

    monkeypatch.setattr(relocation, "_check", overtake)

    assert not IMAGES.move(image, to)
    check(to, bucket, 1)


@BOTH_WAYS
def test_an_image_deleted_meanwhile_is_skipped(
    to: relocation.Place, keep: Any, bucket: Bucket
) -> None:
    (image,) = keep(to, 1)
    stale = Image.objects.get()
    image.delete()

    assert IMAGES.move(stale, to) is False
    assert not ImageData.objects.exists()


@BOTH_WAYS
def test_a_damaged_image_is_not_moved_and_is_reported(
    to: relocation.Place, keep: Any, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    images = keep(to)
    if to == "bucket":
        ImageData.objects.filter(pk=images[1].pk).update(content=b"other bytes")
    else:
        bucket.put(images[1].bucket_key, b"other bytes")

    with pytest.raises(CommandError, match="1 couldn't be moved"):
        call_command("move_files", to=to)

    assert f"{images[1].pk}: these are not the bytes that were stored" in capsys.readouterr().err
    assert [image.pk for image in IMAGES.outside(to)] == [images[1].pk]
    assert Image.objects.get(pk=images[1].pk).content == b"other bytes"


@BOTH_WAYS
def test_an_image_without_bytes_is_reported(
    to: relocation.Place, keep: Any, bucket: Bucket
) -> None:
    (image,) = keep(to, 1)
    if to == "bucket":
        ImageData.objects.all().delete()
    else:
        bucket.remove(image.bucket_key)

    with pytest.raises(FileDamaged, match="its bytes are not in the"):
        IMAGES.move(image, to)


def test_a_bucket_that_returns_other_bytes_is_noticed(
    keep: Any, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    (image,) = keep("bucket", 1)
    put = bucket.put
    monkeypatch.setattr(bucket, "put", lambda key, content: put(key, content[:-1]))

    with pytest.raises(FileDamaged, match="other bytes"):
        IMAGES.move(image, "bucket")
    check("database", bucket, 1)


def test_a_failing_bucket_stops_the_move(
    keep: Any, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("bucket", 3)
    put, written = bucket.put, []

    def fail_later(key: str, content: bytes) -> None:
        if len(written) == 3:
            raise store.StoreUnavailable
        written.append(key)
        put(key, content)

    monkeypatch.setattr(bucket, "put", fail_later)

    with pytest.raises(CommandError, match=r"Stopped after 1 of 3 .* it continues from here"):
        call_command("move_files", to="bucket")
    assert IMAGES.outside("bucket").count() == 2

    monkeypatch.undo()
    call_command("move_files", to="bucket")
    assert {image.stored_in for image in Image.objects.all()} == {"bucket"}


def test_without_a_bucket_there_is_nowhere_to_move(db: None) -> None:
    with pytest.raises(CommandError, match="No bucket is configured"):
        call_command("move_files", to="bucket")


def test_a_negative_limit_is_refused(bucket: Bucket) -> None:
    with pytest.raises(CommandError, match="negative"):
        call_command("move_files", to="bucket", limit=-1)
