"""Store images in an S3-compatible bucket.

Imported only when a bucket is configured, because botocore takes 40 MB of memory.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.core.files.base import ContentFile
from storages.backends.s3 import S3Storage

from .store import StoreUnavailable

CONNECT_SECONDS = 2
READ_SECONDS = 6  # without a byte
MAX_ATTEMPTS = 2  # together well under 30 s, after which Heroku's router ends a request

logger = logging.getLogger(__name__)


class Bucket(S3Storage):
    """Read and write whole objects by key. Every failure is logged and raises StoreUnavailable.

    One connection pool serves all threads: they share `bucket`, whose client is thread-safe.
    """

    def __init__(self, *, addressing_style: str | None = None, **options: Any) -> None:
        config = Config(
            connect_timeout=CONNECT_SECONDS,
            read_timeout=READ_SECONDS,
            retries={"mode": "standard", "total_max_attempts": MAX_ATTEMPTS},
            s3={"addressing_style": addressing_style} if addressing_style else None,
            # Services other than AWS refuse the newer checksums.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
            # Only `config_vars` decides, not other variables of the environment.
            ignore_configured_endpoint_urls=True,
        )
        super().__init__(
            client_config=config, transfer_config=TransferConfig(use_threads=False), **options
        )

    def put(self, key: str, content: bytes) -> None:
        with _failures("store", key):
            self.save(key, ContentFile(content))

    def get(self, key: str) -> bytes | None:
        """Return an object, None if there is none.

        One request is enough, while a storage's `open` asks for the length first.
        """
        with _failures("fetch", key):
            try:
                return self._object(key).get()["Body"].read()
            except ClientError as error:
                if error.response["Error"]["Code"] == "NoSuchKey":
                    return None
                raise

    def remove(self, key: str) -> None:
        """Delete an object. Does nothing if there is none."""
        with _failures("remove", key):
            self._object(key).delete()

    def keys(self, prefix: str) -> Iterator[tuple[str, datetime]]:
        """Yield every key below a prefix that ends with a slash, and when it was written.

        Each request returns a thousand keys.
        """
        start = self._normalize_name(prefix).rstrip("/") + "/"
        with _failures("list", prefix):
            for found in self.bucket.objects.filter(Prefix=start):
                yield prefix + found.key.removeprefix(start), found.last_modified

    def _object(self, key: str) -> Any:
        return self.bucket.Object(self._normalize_name(key))


@contextmanager
def _failures(what: str, key: str) -> Iterator[None]:
    try:
        yield
    except (BotoCoreError, ClientError) as error:
        logger.warning("The bucket did not %s %s: %s", what, key, error)
        raise StoreUnavailable() from error
