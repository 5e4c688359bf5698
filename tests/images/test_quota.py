"""Images are refused with a sentence before they fill the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatapp.accounts.models import Person
from chatapp.images.errors import ImageRefused
from chatapp.images.models import MEGABYTE, Image
from chatapp.images.quota import QuotaExceeded, Usage, check

from .conftest import UseBucket, made

pytestmark = pytest.mark.django_db

SIZE = 400 * 1024  # bytes of content; the thumbnail has 7 more
SMALL = len(b"small: ")


def big(first: bytes) -> Any:
    return made(content=first + bytes(SIZE - 1), thumbnail=b"small: ")


def test_usage_counts_images_with_their_thumbnails(owner: Person, member: Person) -> None:
    Image.objects.store(owner, big(b"1"))
    Image.objects.store(owner, big(b"2"))
    Image.objects.store(member, big(b"1"))

    assert Image.objects.usage(owner) == Usage(2 * (SIZE + SMALL), 200 * MEGABYTE)
    assert Image.objects.usage(member).used == SIZE + SMALL
    assert Image.objects.total_usage() == Usage(3 * (SIZE + SMALL), 600 * MEGABYTE)


def test_without_images_the_whole_quota_is_left(owner: Person) -> None:
    assert Image.objects.usage(owner).left == 200 * MEGABYTE
    assert Image.objects.total_usage().left == 600 * MEGABYTE


def test_a_person_above_their_quota_sees_how_much_is_left(
    owner: Person, member: Person, settings: Any
) -> None:
    settings.IMAGE_QUOTA_PERSON_MB = 1
    Image.objects.store(owner, big(b"1"))
    Image.objects.store(owner, big(b"2"))

    with pytest.raises(QuotaExceeded) as refusal:
        Image.objects.store(owner, big(b"3"))

    assert refusal.value.sentence.replace("\xa0", " ") == (
        "There isn't enough space for this image: it takes 400.0 KB, and 224.0 KB of your 1.0 MB "
        "are left. Delete conversations with images, or files of projects, that you no longer "
        "need, then send it again."
    )
    assert Image.objects.filter(owner=owner).count() == 2
    Image.objects.store(member, big(b"3"))


def test_a_full_total_quota_refuses_everybody(owner: Person, member: Person, settings: Any) -> None:
    settings.IMAGE_QUOTA_TOTAL_MB = 1
    Image.objects.store(owner, big(b"1"))
    Image.objects.store(owner, big(b"2"))

    with pytest.raises(ImageRefused) as refusal:
        Image.objects.store(member, big(b"3"))
    assert "224.0 KB of the 1.0 MB for everybody" in refusal.value.sentence.replace("\xa0", " ")


def test_an_image_that_is_already_stored_takes_no_space(owner: Person, settings: Any) -> None:
    image = Image.objects.store(owner, big(b"1"))
    settings.IMAGE_QUOTA_PERSON_MB = settings.IMAGE_QUOTA_TOTAL_MB = 0

    assert Image.objects.store(owner, big(b"1")) == image


def test_a_refused_image_never_reaches_the_bucket(
    owner: Person, use_bucket: UseBucket, settings: Any
) -> None:
    use_bucket("http://127.0.0.1:1")  # where nothing listens
    settings.IMAGE_QUOTA_PERSON_MB = 0

    with pytest.raises(QuotaExceeded):
        Image.objects.store(owner, big(b"1"))


@pytest.mark.parametrize(("size", "fits"), [(0, True), (10, True), (11, False)])
def test_the_last_byte_can_be_used(size: int, fits: bool) -> None:
    nearly_full, roomy = Usage(90, 100), Usage(0, 1000)
    for shares in ((nearly_full, roomy), (roomy, nearly_full)):
        if fits:
            check(size, *shares)
        else:
            with pytest.raises(QuotaExceeded):
                check(size, *shares)


def test_a_reduced_quota_has_nothing_left() -> None:
    assert Usage(150, 100).left == 0


def test_usage_takes_one_query_and_reads_no_bytes(owner: Person) -> None:
    Image.objects.store(owner, big(b"1"))

    with CaptureQueriesContext(connection) as queries:
        Image.objects.usage(owner)
        Image.objects.total_usage()
    assert len(queries) == 2
    assert not any("imagedata" in query["sql"] for query in queries)


def test_the_command_reports_the_usage_of_each_person(
    owner: Person, member: Person, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.objects.store(owner, big(b"1"))
    Image.objects.store(owner, big(b"2"))
    Image.objects.store(member, big(b"1"))

    call_command("storage")

    assert capsys.readouterr().out.replace("\xa0", " ").splitlines() == [
        "owner@example.com: 2 images, 800.0 KB of 200.0 MB",
        "member@example.com: 1 image, 400.0 KB of 200.0 MB",
        "Everybody: 3 images, 1.2 MB of 600.0 MB",
        "In the database: 3 images, 1.2 MB",
        "In the bucket: 0 images, 0 bytes",
        "New images go to the database.",
        "In no conversation: 3 images, 1.2 MB; --collect deletes 0 of them.",
        "Everybody: 0 documents, 0 bytes of 250.0 MB",
        "In the database: 0 documents, 0 bytes",
        "In the bucket: 0 documents, 0 bytes",
        "New documents go to the database.",
        "In no conversation: 0 documents, 0 bytes; --collect deletes 0 of them.",
    ]
