"""What the worker may send is what the app takes."""

from __future__ import annotations

import io

import pytest

from chatapp.images.worker import encoding
from chatapp.images.worker.limits import MAX_ENCODED_BYTES, MAX_PARTS, MAX_THUMBNAIL_BYTES
from chatapp.images.worker.protocol import (
    Encoded,
    Opened,
    OpenedPart,
    Remark,
    receive_outcome,
    send_outcome,
)

from .samples import noise


def opened(count: int, extra: int = 0) -> Opened:
    image = Encoded(bytes(MAX_ENCODED_BYTES), "image/jpeg", 784, 1_568)
    thumbnail = Encoded(bytes(MAX_THUMBNAIL_BYTES + extra), "image/webp", 192, 384)
    return Opened((OpenedPart(image, thumbnail),) * count, animated=True, remarks=(Remark.PAGE,))


def exchanged(sent: Opened) -> Opened:
    stream = io.BytesIO()
    send_outcome(stream, sent)
    stream.seek(0)
    return receive_outcome(stream)


def test_as_many_parts_as_there_may_be_arrive_at_their_largest() -> None:
    sent = opened(MAX_PARTS)

    assert exchanged(sent) == sent


def test_more_than_that_is_refused_unread() -> None:
    with pytest.raises(ValueError, match="above its limit"):
        exchanged(opened(MAX_PARTS, extra=1))


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_a_thumbnail_of_noise_keeps_its_limit(mode: str) -> None:
    thumbnail = encoding.thumbnail(noise(mode, (800, 800), seed=1))

    assert len(thumbnail.content) <= MAX_THUMBNAIL_BYTES
