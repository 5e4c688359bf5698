"""Images without the worker, and a real S3-compatible server to keep them on."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import storages
from environs import Env

from chatapp.images.bucket import Bucket
from chatapp.images.processing import PreparedImage
from chatapp.server import image_configuration
from tests.servers.packaged import serving

PYTHON = Path(__file__).parents[2] / ".venv/bucket/bin/python"
SERVER = Path(__file__).with_name("bucket_server.py")

UseBucket = Callable[..., Bucket]


def made(name: str = "cat.jpg", content: bytes = b"an image", **changes: Any) -> PreparedImage:
    """What processing hands over; keeping looks at none of the bytes."""
    fields: dict[str, Any] = {
        "content": content,
        "content_type": "image/jpeg",
        "width": 640,
        "height": 480,
        "sha256": hashlib.sha256(content).hexdigest(),
        "name": name,
        "thumbnail": b"small: " + content,
        "thumbnail_type": "image/webp",
        "thumbnail_width": 64,
        "thumbnail_height": 48,
        "animated": False,
    }
    return PreparedImage(**fields | changes)


@pytest.fixture(scope="session")
def bucket_url() -> Iterator[str]:
    if not PYTHON.exists():
        pytest.skip("`make test` installs the S3-compatible server")
    with serving(lambda descriptor: [PYTHON, SERVER, descriptor]) as url:
        yield url


@pytest.fixture
def use_bucket(settings: Any) -> UseBucket:
    """Configures a bucket as config vars would, and lets new images go there."""

    def use(url: str, name: str = "images-of-the-instance", folder: str = "") -> Bucket:
        variables = {
            "AWS_S3_BUCKET": name,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_ENDPOINT_URL_S3": url,
            "CHAT_BUCKET_FOLDER": folder,
        }
        with pytest.MonkeyPatch.context() as environment:
            for variable, value in variables.items():
                environment.setenv(variable, value)
            settings.BUCKET = image_configuration.bucket(Env())
        settings.STORAGES = settings.STORAGES | {"images": settings.BUCKET}
        settings.IMAGE_STORE = "bucket"
        bucket = storages["images"]
        assert isinstance(bucket, Bucket)
        return bucket

    return use


@pytest.fixture
def bucket(bucket_url: str, use_bucket: UseBucket) -> Bucket:
    """An empty bucket of this test's own, in use."""
    bucket = use_bucket(bucket_url, f"test-{uuid.uuid4().hex}")
    bucket.bucket.create()
    return bucket


def objects(bucket: Bucket) -> dict[str, bytes]:
    """Everything that is in a bucket."""
    return {found.key: found.get()["Body"].read() for found in bucket.bucket.objects.all()}
