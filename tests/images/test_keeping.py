"""A picture is stored once per person, and its bytes are read only when asked for."""

from __future__ import annotations

import base64
import io
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from chatapp.images.models import Image, ImageData
from chatapp.images.processing import PreparedImage, prepare

from .samples import corners, encoded


def person(email: str = "owner@example.com") -> Any:
    return get_user_model().objects.create_user(email=email, password="a long password 1")


def picture(name: str = "corners.png", size: tuple[int, int] = (64, 32)) -> PreparedImage:
    return prepare(io.BytesIO(encoded(corners(size), "PNG")), name)


@pytest.mark.django_db
def test_a_kept_picture_comes_back_whole() -> None:
    owner, prepared = person(), picture()

    image = Image.objects.get(pk=Image.objects.keep(owner, prepared).pk)

    assert image.owner == owner
    assert image.content == prepared.content
    assert (image.width, image.height) == (64, 32)
    assert image.byte_size == len(prepared.content)
    assert (image.name, str(image)) == ("corners.png", "corners.png")
    head, _, body = image.as_data_url().partition(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(body) == prepared.content


@pytest.mark.django_db
def test_the_same_picture_is_stored_once_per_person() -> None:
    owner, other = person(), person("other@example.com")

    first = Image.objects.keep(owner, picture("first.png"))
    again = Image.objects.keep(owner, picture("again.png"))
    theirs = Image.objects.keep(other, picture("theirs.png"))
    different = Image.objects.keep(owner, picture(size=(32, 64)))

    assert again == first
    assert again.name == "first.png"
    assert len({first.pk, theirs.pk, different.pk}) == 3
    assert ImageData.objects.count() == 3


@pytest.mark.django_db
def test_a_list_never_touches_the_bytes() -> None:
    owner = person()
    Image.objects.keep(owner, picture())

    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert [image.name for image in Image.objects.filter(owner=owner)] == ["corners.png"]
    assert ImageData._meta.db_table not in queries[0]["sql"]


@pytest.mark.django_db
def test_pictures_go_with_their_owner() -> None:
    owner = person()
    Image.objects.keep(owner, picture())

    owner.delete()

    assert not ImageData.objects.exists()


@pytest.mark.django_db
def test_a_picture_without_bytes_is_never_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(ImageData.objects, "create", full)

    with pytest.raises(DatabaseError):
        Image.objects.keep(person(), picture())
    assert not Image.objects.exists()


@pytest.mark.django_db
def test_losing_the_race_gives_the_row_of_the_winner(monkeypatch: pytest.MonkeyPatch) -> None:
    owner, prepared = person(), picture()
    winners: list[Image] = []

    def look_too_early(*_: object, **__: object) -> Image:
        """Finds nothing, and a moment later the other request has stored the picture."""
        monkeypatch.undo()
        winners.append(Image.objects.keep(owner, prepared))
        raise Image.DoesNotExist

    monkeypatch.setattr(QuerySet, "get", look_too_early)
    image = Image.objects.keep(owner, prepared)

    assert [image] == winners
    assert ImageData.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_picture_sent_twice_at_once_is_one_row() -> None:
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads can't share a SQLite database in memory: give the tests a file")
    owner, prepared = person(), picture()
    start = Barrier(2)

    def keep() -> Image:
        try:
            start.wait(timeout=10)
            return Image.objects.keep(owner, prepared)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        first, second = (future.result() for future in [threads.submit(keep) for _ in range(2)])

    assert first == second
    assert ImageData.objects.get().pk == first.pk
