"""Bytes of images come back from wherever their row says they are."""

from __future__ import annotations

import contextlib
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import settings as all_settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet

from chatapp.accounts.models import Person
from chatapp.images import bucket as bucket_module
from chatapp.images import store
from chatapp.images.bucket import Bucket
from chatapp.images.models import Image, ImageData
from chatapp.images.relocation import IMAGES
from chatapp.images.store import ImageMissing, StoreUnavailable

from .conftest import UseBucket, made, objects

pytestmark = pytest.mark.django_db


def test_images_are_in_the_database_unless_there_is_a_bucket(owner: Person) -> None:
    image = Image.objects.get(pk=Image.objects.store(owner, made()).pk)

    assert image.stored_in == "database"
    assert (image.content, image.thumbnail) == (b"an image", b"small: an image")
    assert image.thumbnail_media_type == "image/webp"


def test_in_a_bucket_they_are_private_objects_and_no_rows(owner: Person, bucket: Bucket) -> None:
    prepared = made()
    image = Image.objects.get(pk=Image.objects.store(owner, prepared).pk)

    assert image.stored_in == "bucket"
    key = rf"images/{owner.pk}/{prepared.sha256}/[0-9a-f]{{32}}"
    assert re.fullmatch(key, image.bucket_key)
    assert objects(bucket) == {
        image.bucket_key: b"an image",
        f"{image.bucket_key}/thumbnail": b"small: an image",
    }
    assert not ImageData.objects.exists()
    assert (image.content, image.thumbnail) == (b"an image", b"small: an image")
    for found in bucket.bucket.objects.all():
        assert [grant["Permission"] for grant in found.Acl().grants] == ["FULL_CONTROL"]


@pytest.mark.long
def test_several_apps_share_a_bucket_by_folder(
    owner: Person, bucket_url: str, bucket: Bucket, use_bucket: UseBucket
) -> None:
    staging = use_bucket(bucket_url, bucket.bucket_name, folder="/staging/")

    image = Image.objects.store(owner, made())

    assert f"staging/{image.bucket_key}" in objects(bucket)
    assert image.content == b"an image"
    assert [key for key, _ in staging.keys(store.FOLDER)] == [
        image.bucket_key,
        f"{image.bucket_key}/thumbnail",
    ]


def test_an_image_sent_again_is_not_written_again(owner: Person, bucket: Bucket) -> None:
    first = Image.objects.store(owner, made())
    before = set(objects(bucket))

    assert Image.objects.store(owner, made()).bucket_key == first.bucket_key
    assert set(objects(bucket)) == before


def test_each_row_stores_where_its_bytes_are(owner: Person, bucket: Bucket, settings: Any) -> None:
    away = Image.objects.store(owner, made(content=b"away"))
    settings.IMAGE_STORE = "database"
    here = Image.objects.store(owner, made(content=b"here"))

    assert (away.stored_in, here.stored_in) == ("bucket", "database")
    assert (away.content, here.content) == (b"away", b"here")

    settings.STORAGES = {
        name: place for name, place in settings.STORAGES.items() if name != "images"
    }
    assert here.content == b"here"
    with pytest.raises(StoreUnavailable, match="isn't available"):
        _ = away.content


def test_many_are_read_with_one_query(
    owner: Person, bucket: Bucket, settings: Any, django_assert_num_queries: Any
) -> None:
    away = [Image.objects.store(owner, made(content=b"away %d" % number)) for number in range(7)]
    settings.IMAGE_STORE = "database"
    here = [Image.objects.store(owner, made(content=b"here %d" % number)) for number in range(7)]

    with django_assert_num_queries(1):
        found = store.read_many([*away, *here])
    assert found == {
        **{image.pk: b"away %d" % number for number, image in enumerate(away)},
        **{image.pk: b"here %d" % number for number, image in enumerate(here)},
    }


def test_lost_bytes_are_reported_as_missing(owner: Person, bucket: Bucket, settings: Any) -> None:
    away = Image.objects.store(owner, made(content=b"away"))
    settings.IMAGE_STORE = "database"
    here = Image.objects.store(owner, made(content=b"here"))
    deleted = Image.objects.store(owner, made(content=b"deleted"))
    bucket.remove(away.bucket_key)
    ImageData.objects.filter(pk=here.pk).delete()
    Image.objects.filter(pk=deleted.pk).delete()

    for image in (away, here, deleted):
        with pytest.raises(ImageMissing, match="no longer in storage"):
            store.read(image)
    assert store.read_many([away, here, deleted]) == {}
    assert away.thumbnail == b"small: away"


def test_an_image_that_moves_meanwhile_is_found(owner: Person, bucket: Bucket) -> None:
    image = Image.objects.store(owner, made())

    seen_in_bucket = Image.objects.get(pk=image.pk)
    assert IMAGES.move(Image.objects.get(pk=image.pk), "database")
    assert store.read_many([seen_in_bucket]) == {image.pk: b"an image"}

    seen_in_database = Image.objects.get(pk=image.pk)
    assert IMAGES.move(Image.objects.get(pk=image.pk), "bucket")
    assert store.read_thumbnail(seen_in_database) == b"small: an image"


def test_an_image_without_a_thumbnail_is_its_own(owner: Person) -> None:
    image = Image.objects.store(owner, made(thumbnail=b"", thumbnail_type=""))

    assert image.thumbnail == b"an image"
    assert image.thumbnail_media_type == "image/jpeg"


@pytest.mark.parametrize("error", [DatabaseError, InterfaceError])
def test_without_a_row_there_is_no_object(
    owner: Person, bucket: Bucket, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise error("disk full")

    monkeypatch.setattr(QuerySet, "get_or_create", full)

    with pytest.raises(error):
        Image.objects.store(owner, made())
    assert objects(bucket) == {}


def test_losing_the_race_leaves_the_objects_of_the_winner(
    owner: Person, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = store.put
    winners: list[Image] = []

    def put_too_late(*given: Any) -> str:
        """A moment before, another request has stored the same image."""
        monkeypatch.undo()
        winners.append(Image.objects.store(owner, made()))
        return put(*given)

    monkeypatch.setattr(store, "put", put_too_late)
    image = Image.objects.store(owner, made())

    assert [image] == winners
    assert set(objects(bucket)) == {image.bucket_key, f"{image.bucket_key}/thumbnail"}


class Refusing(BaseHTTPRequestHandler):
    """A service in trouble."""

    status = 503
    asked = 0

    def do_GET(self) -> None:
        Refusing.asked += 1
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(self.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_PUT = do_DELETE = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Not on the console."""


@contextlib.contextmanager
def refusing(status: int) -> Iterator[str]:
    handler = type("Handler", (Refusing,), {"status": status})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


@contextlib.contextmanager
def silent() -> Iterator[str]:
    """Accept connections, and never send anything."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


@contextlib.contextmanager
def closed() -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    yield f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "broken",
    [closed, silent, partial(refusing, 503), partial(refusing, 403)],
    ids=["closed", "silent", "busy", "wrong key"],
)
def test_a_failing_bucket_is_explained(
    owner: Person,
    use_bucket: UseBucket,
    broken: Callable[[], contextlib.AbstractContextManager[str]],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(bucket_module, "READ_SECONDS", 0.2)
    monkeypatch.setattr(bucket_module, "MAX_ATTEMPTS", 1)
    with broken() as url:
        use_bucket(url)
        with pytest.raises(StoreUnavailable, match="isn't available right now") as refusal:
            Image.objects.store(owner, made())
        assert refusal.value.sentence
        assert not Image.objects.exists()
        assert "did not store images/" in caplog.text

        lost = Image(owner=owner, bucket_key="images/1/2/3")
        with pytest.raises(StoreUnavailable):
            store.read(lost)
        with pytest.raises(StoreUnavailable):
            store.read_many([lost])
        assert not store.discard("images/1/2/3")


def test_a_request_to_the_bucket_is_repeated_once(use_bucket: UseBucket) -> None:
    with refusing(503) as url:
        place = use_bucket(url)
        Refusing.asked = 0
        with pytest.raises(StoreUnavailable):
            place.get("images/1/2/3")
    assert Refusing.asked == bucket_module.MAX_ATTEMPTS


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_held_while_the_bucket_works(
    owner: Person, bucket: Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    put, get = bucket.put, bucket.get
    held: list[object] = []

    def putting(*given: Any) -> None:
        held.append(connection.connection)
        put(*given)

    def getting(*given: Any) -> bytes | None:
        held.append(connection.connection)
        return get(*given)

    monkeypatch.setattr(bucket, "put", putting)
    monkeypatch.setattr(bucket, "get", getting)

    image = Image.objects.get(pk=Image.objects.store(owner, made()).pk)
    assert image.content == b"an image"
    assert Image.objects.get().thumbnail == b"small: an image"
    assert held == [None] * 4


def test_a_missing_bucket_is_not_a_missing_image(
    owner: Person, bucket_url: str, use_bucket: UseBucket
) -> None:
    use_bucket(bucket_url, "nobody-made-this")

    with pytest.raises(StoreUnavailable):
        store.read(Image(owner=owner, bucket_key="images/1/2/3"))


def test_without_a_bucket_its_packages_stay_out_of_memory() -> None:
    script = (
        "import django, sys; django.setup(); import chatapp.images.garbage_collection;"
        "print([name for name in ('boto3', 'botocore', 'storages') if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script],
        env={"DJANGO_SETTINGS_MODULE": "chatapp.settings", "SECRET_KEY": "only for tests"},
        cwd=all_settings.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout.strip() == "[]"
