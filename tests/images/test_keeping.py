"""An image is stored once per person, and its bytes are read only when asked for."""

from __future__ import annotations

import base64
import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatapp.images.models import Image, ImageData
from chatapp.images.processing import PreparedImage, prepare

from .conftest import made
from .samples import corners, encoded


def person(email: str = "owner@example.com") -> Any:
    return get_user_model().objects.create_user(email=email, password="a long password 1")


def make_image(name: str = "corners.png", size: tuple[int, int] = (64, 32)) -> PreparedImage:
    return prepare(io.BytesIO(encoded(corners(size), "PNG")), name)


@pytest.mark.django_db
def test_a_stored_image_is_read_unchanged() -> None:
    owner, prepared = person(), make_image()

    image = Image.objects.get(pk=Image.objects.store(owner, prepared).pk)

    assert image.owner == owner
    assert image.content == prepared.content
    assert (image.width, image.height) == (64, 32)
    assert image.byte_size == len(prepared.content) + len(prepared.thumbnail)
    assert (image.name, str(image)) == ("corners.png", "corners.png")
    head, _, body = image.as_data_url().partition(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(body) == prepared.content


@pytest.mark.django_db
def test_the_same_image_is_stored_once_per_person() -> None:
    owner, other = person(), person("other@example.com")

    first = Image.objects.store(owner, make_image("first.png"))
    again = Image.objects.store(owner, make_image("again.png"))
    theirs = Image.objects.store(other, make_image("theirs.png"))
    different = Image.objects.store(owner, make_image(size=(32, 64)))

    assert again == first
    assert again.name == "first.png"
    assert len({first.pk, theirs.pk, different.pk}) == 3
    assert ImageData.objects.count() == 3


@pytest.mark.django_db
def test_a_list_never_touches_the_bytes() -> None:
    owner = person()
    Image.objects.store(owner, make_image())

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert [image.name for image in Image.objects.filter(owner=owner)] == ["corners.png"]
    assert ImageData._meta.db_table not in queries[0]["sql"]


@pytest.mark.django_db
def test_the_bytes_are_read_without_the_thumbnail() -> None:
    image = Image.objects.store(person(), made())

    with CaptureQueriesContext(connection) as queries:
        assert image.content == b"an image"
    assert len(queries) == 1
    assert '"thumbnail"' not in queries[0]["sql"]


@pytest.mark.django_db
def test_an_animation_is_marked() -> None:
    owner = person()

    Image.objects.store(owner, made(content=b"still"))
    Image.objects.store(owner, made(content=b"moving", animated=True))

    assert Image.objects.get(animated=True).content == b"moving"


@pytest.mark.django_db
def test_the_alt_text_is_the_file_name_until_a_person_writes_one() -> None:
    image = Image.objects.store(person(), made("cat.jpg"))
    assert image.alternative == "cat.jpg"

    image.describe("  A cat\non a   mat ")
    assert Image.objects.get().alternative == "A cat on a mat"

    image.describe("x" * 600)
    assert len(Image.objects.get().alt) == 500

    image.describe(" ")
    assert Image.objects.get().alternative == "cat.jpg"


@pytest.mark.django_db
def test_the_release_before_can_store_images_during_a_deploy() -> None:
    """It knows nothing of the newer columns, so the database fills them."""
    owner = person()
    row = {
        "id": uuid.uuid4().hex,
        "owner_id": owner.pk.hex,
        "sha256": "0" * 64,
        "content_type": "image/png",
        "width": 1,
        "height": 1,
        "byte_size": 3,
        "name": "old.png",
        "created_at": "2026-01-31 12:00:00",
    }
    with connection.cursor() as cursor:
        insert(cursor, "images_image", row)
        insert(cursor, "images_imagedata", {"image_id": row["id"], "content": b"old"})

    image = Image.objects.get()
    assert (image.content, image.thumbnail, image.alternative) == (b"old", b"old", "old.png")
    assert image.stored_in == "database"
    assert image.thumbnail_media_type == "image/png"
    assert Image.objects.unreferenced(timezone.now() + timedelta(seconds=2)).exists()


def insert(cursor: Any, table: str, row: dict[str, Any]) -> None:
    places = ", ".join(["%s"] * len(row))
    cursor.execute(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", [*row.values()])


@pytest.mark.django_db
def test_images_are_deleted_with_their_owner() -> None:
    owner = person()
    Image.objects.store(owner, make_image())

    owner.delete()

    assert not ImageData.objects.exists()


@pytest.mark.django_db
def test_a_failed_save_leaves_no_image_without_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(ImageData.objects, "create", full)

    with pytest.raises(DatabaseError):
        Image.objects.store(person(), make_image())
    assert not Image.objects.exists()


@pytest.mark.django_db
def test_the_loser_of_a_race_gets_the_row_of_the_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, prepared = person(), make_image()
    winners: list[Image] = []

    def look_too_early(*_: object, **__: object) -> Image:
        """Find nothing, and a moment later the other request has stored the image."""
        monkeypatch.undo()
        winners.append(Image.objects.store(owner, prepared))
        raise Image.DoesNotExist

    monkeypatch.setattr(QuerySet, "get", look_too_early)
    image = Image.objects.store(owner, prepared)

    assert [image] == winners
    assert ImageData.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_image_sent_twice_at_once_is_one_row() -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads can't share a SQLite database in memory: give the tests a file")
    owner, prepared = person(), make_image()
    start = Barrier(2)

    def keep() -> Image:
        try:
            start.wait(timeout=10)
            return Image.objects.store(owner, prepared)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = (future.result() for future in [threads.submit(keep) for _ in range(2)])

    assert first == second
    assert ImageData.objects.get().pk == first.pk
