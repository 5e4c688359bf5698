"""A bucket for documents, without a server."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chatapp.images import store


class FakeBucket(dict[str, bytes]):
    """Hold objects as the bucket of images does."""

    def put(self, key: str, content: bytes) -> None:
        self[key] = content

    def remove(self, key: str) -> None:
        self.pop(key, None)

    def keys(self, prefix: str = "") -> Any:
        long_ago = timezone.now() - timedelta(days=9)
        return [(key, long_ago) for key in self if key.startswith(prefix)]


@pytest.fixture
def bucket(settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeBucket:
    made = FakeBucket()
    settings.IMAGE_STORE = "bucket"
    settings.BUCKET = {"BACKEND": "none: it is made here"}
    monkeypatch.setattr(store, "bucket", lambda: made)
    return made
