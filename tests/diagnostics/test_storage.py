"""Space for images, and a bucket that works."""

from typing import Any

import pytest
from pytest_django import Settings

from chatapp.accounts.models import Person
from chatapp.diagnostics.checks import storage
from chatapp.images.bucket import Bucket
from chatapp.images.models import MEGABYTE, Image
from tests.images.conftest import UseBucket, made, objects


@pytest.mark.parametrize(
    ("megabytes", "level"), [(0, "green"), (6, "green"), (7, "yellow"), (9, "red"), (11, "red")]
)
def test_images_against_the_quota(
    owner: Person, settings: Settings, on_dyno: None, megabytes: int, level: str
) -> None:
    settings.IMAGE_QUOTA_TOTAL_MB = 10
    Image.objects.store(owner, made())
    Image.objects.update(byte_size=megabytes * MEGABYTE)

    result = storage.check_storage()

    assert result.level == level
    assert result.found.startswith("New images are stored in the database. ")
    more = "heroku config:set CHAT_IMAGE_QUOTA_TOTAL_MB=20"
    assert result.command == ("" if level == "green" else more)


def test_a_working_bucket_is_green_and_unchanged(db: None, bucket: Bucket) -> None:
    result = storage.check_storage()

    assert result.level == "green"
    assert "stored in the bucket" in result.found
    assert objects(bucket) == {}


def test_a_missing_bucket_is_red(
    db: None,
    bucket_url: str,
    use_bucket: UseBucket,
) -> None:
    use_bucket(bucket_url, "never-created")

    result = storage.check_storage()

    assert result.level == "red"
    assert "BUCKETEER_" in result.fix


def test_a_bucket_that_returns_something_else_is_red(
    db: None,
    bucket: Bucket,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(Bucket, "get", lambda *_arguments: b"something else")

    assert storage.check_storage().level == "red"
    assert objects(bucket) == {}


def test_images_in_an_unconfigured_bucket_are_red(owner: Person, settings: Any) -> None:
    settings.BUCKET = None
    Image.objects.store(owner, made())
    Image.objects.update(bucket_key="images/a")

    result = storage.check_storage()

    assert result.level == "red"
    assert "nobody can see them" in result.found
