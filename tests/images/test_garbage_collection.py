"""Images that nobody can see are deleted, and never one that somebody wants."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from chatapp.accounts.models import Person
from chatapp.conversations.models import Attachment, Conversation, Message, add_exchange
from chatapp.images import garbage_collection, store
from chatapp.images.bucket import Bucket
from chatapp.images.garbage_collection import Collected, collect, remove_orphans
from chatapp.images.models import Image, ImageData
from chatapp.images.shown_image import ShownImage
from tests.support.replies import new_message

from .conftest import UseBucket, made, objects

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def later(hours: float) -> datetime:
    return timezone.now() + hours * HOUR


def send(person: Person, *images: Image) -> Conversation:
    held = Image.objects.hold(person, [image.pk for image in images])
    new = replace(new_message(), images=tuple(map(ShownImage, held)))
    return add_exchange(person, new).conversation


def test_an_unsent_upload_is_deleted_after_a_day(owner: Person) -> None:
    image = Image.objects.store(owner, made())

    assert collect(later(23.9)) == Collected()
    assert collect(later(24.1)) == Collected(1, image.byte_size)
    assert not Image.objects.exists()
    assert not ImageData.objects.exists()


def test_uploading_an_image_again_restarts_the_day(owner: Person) -> None:
    image = Image.objects.store(owner, made())
    Image.objects.filter(pk=image.pk).update(keep_until=later(-1))

    Image.objects.store(owner, made())

    assert collect(later(23)) == Collected()


def test_a_sent_image_is_kept(owner: Person) -> None:
    send(owner, Image.objects.store(owner, made()))

    assert collect(later(10_000)) == Collected()
    assert Image.objects.exists()


def test_the_images_of_a_deleted_conversation_are_deleted(owner: Person) -> None:
    """An hour after the last send: by then no message is on its way with one of them."""
    only, shared = (Image.objects.store(owner, made(content=name)) for name in (b"only", b"shared"))
    gone, other = send(owner, only, shared), send(owner, shared)
    gone.delete()

    assert collect(later(0.9)) == Collected()
    assert collect(later(1.1)).count == 1
    assert Image.objects.get() == shared

    other.delete()
    assert collect(later(1.1)).count == 1


def test_garbage_can_be_collected_for_one_person(owner: Person, member: Person) -> None:
    for person in (owner, member):
        Image.objects.store(person, made())

    assert collect(later(25), owner=owner).count == 1
    assert Image.objects.get().owner == member


def test_more_than_a_batch_is_collected(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(garbage_collection, "ROW_BATCH", 3)
    images = [Image.objects.store(owner, made(content=b"%d" % number)) for number in range(8)]
    send(owner, *images[2:4])

    assert collect(later(25)).count == 6
    assert set(Image.objects.all()) == set(images[2:4])


def test_held_images_are_the_persons_own(owner: Person, member: Person) -> None:
    mine, theirs = Image.objects.store(owner, made()), Image.objects.store(member, made())

    assert Image.objects.hold(owner, [mine.pk, theirs.pk, uuid.uuid4()]) == [mine]
    with pytest.raises(ValidationError):
        Image.objects.hold(owner, ["nonsense"])


def test_an_image_attached_after_it_was_listed_is_kept(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, again, unwanted = (
        Image.objects.store(owner, made(content=name)) for name in (b"held", b"again", b"unwanted")
    )
    Image.objects.update(keep_until=later(-1))
    in_batches = garbage_collection._in_batches

    def wanted_meanwhile(images: QuerySet[Image]) -> Iterator[uuid.UUID]:
        listed = list(in_batches(images))
        assert set(listed) == {held.pk, again.pk, unwanted.pk}
        Image.objects.hold(owner, [held.pk])
        Image.objects.store(owner, made(content=b"again"))
        yield from listed

    monkeypatch.setattr(garbage_collection, "_in_batches", wanted_meanwhile)

    assert collect(later(0)).count == 1
    assert set(Image.objects.all()) == {held, again}


def test_a_message_in_between_keeps_its_image(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = Image.objects.store(owner, made(content=b"wanted"))
    Image.objects.store(owner, made(content=b"unwanted"))
    conversation = send(owner)
    message = conversation.messages.get(role=Message.Role.USER)
    first = QuerySet.first

    def attach_after(self: QuerySet[Any]) -> Any:
        found = first(self)
        if found == wanted:
            Attachment.objects.create(message=message, position=0, image=wanted)
        return found

    monkeypatch.setattr(QuerySet, "first", attach_after)

    assert collect(later(25)).count == 1
    assert Image.objects.get() == wanted
    assert wanted.content == b"wanted"


@pytest.mark.django_db(transaction=True)
def test_sending_and_collecting_at_once_never_breaks_a_message(owner: Person) -> None:
    def at_once(work: Callable[[], Any], start: Barrier) -> Any:
        try:
            start.wait(timeout=10)
            return work()
        finally:
            connection.close()

    for number in range(12):
        image = Image.objects.store(owner, made(content=b"%d" % number))
        Image.objects.update(keep_until=later(-1))
        start = Barrier(3)
        with ThreadPoolExecutor(3) as threads:
            sending = threads.submit(at_once, lambda: send(owner, image), start)  # noqa: B023
            deleting = [threads.submit(at_once, lambda: collect(later(0)), start) for _ in "ab"]
        conversation = sending.result()
        collected = sum(future.result().count for future in deleting)
        attached = Attachment.objects.filter(message__conversation=conversation).count()
        assert (attached, collected) in {(1, 0), (0, 1)}
        assert ImageData.objects.filter(pk=image.pk).count() == attached


def test_objects_are_deleted_with_their_row(owner: Person, bucket: Bucket) -> None:
    Image.objects.store(owner, made(content=b"gone"))
    stays = Image.objects.store(owner, made(content=b"stays"))
    send(owner, stays)

    assert collect(later(25)).count == 1
    assert set(objects(bucket)) == {stays.bucket_key, f"{stays.bucket_key}/thumbnail"}


def test_a_failing_bucket_delays_nothing(
    owner: Person, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        Image.objects.store(owner, made(content=b"%d" % number))
    asked: list[str] = []

    def fail(key: str) -> None:
        asked.append(key)
        raise store.StoreUnavailable

    monkeypatch.setattr(bucket, "remove", fail)

    assert collect(later(25)).count == 3
    assert len(asked) == 1

    monkeypatch.undo()
    assert len(objects(bucket)) == 6
    assert remove_orphans(later(25)) == 6
    assert objects(bucket) == {}


def test_only_old_objects_without_a_row_are_removed(
    owner: Person, member: Person, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage_collection, "KEY_BATCH", 3)
    for number in range(3):
        Image.objects.store(owner, made(content=b"%d" % number))
    Image.objects.store(member, made())
    member.delete()
    bucket.put("something-else/of-others", b"not ours")
    bucket.put("images-of-cats", b"not ours either")

    assert remove_orphans(later(23)) == 0
    assert remove_orphans(later(25)) == 2
    assert len(objects(bucket)) == 6 + 2
    assert all(image.content for image in Image.objects.all())


def test_the_command_collects_and_sweeps(
    owner: Person, bucket: Bucket, capsys: pytest.CaptureFixture[str]
) -> None:
    image = Image.objects.store(owner, made())
    Image.objects.update(keep_until=later(-1))

    call_command("storage", "--collect")

    said = capsys.readouterr().out.replace("\xa0", " ")
    assert f"Deleted 1 image, {image.byte_size} bytes." in said
    assert "Removed 0 left-over objects from the bucket." in said
    assert "New images go to the bucket." in said
    assert objects(bucket) == {}


def test_the_command_reports_that_the_bucket_does_not_answer(
    bucket_url: str, use_bucket: UseBucket
) -> None:
    use_bucket(bucket_url, "nobody-made-this")

    with pytest.raises(CommandError, match="isn't available"):
        call_command("storage", "--collect")
