"""Thousands of damaged images: each is taken or refused, in bounded memory.

`make fuzz` tries 5,000 of them. A failure names its seed, and
`FUZZ_SEED=<seed> FUZZ_IMAGES=1 make fuzz` tries that image alone.
"""

from __future__ import annotations

import logging
import os
import random
from collections import Counter

import pytest

from chatapp.images.errors import ImageRefused
from chatapp.images.processing import PreparedImage, prepare, worker_queue

from .samples import corners, decoded, encoded, noise, peak_bytes, sealed

FIRST = int(os.environ.get("FUZZ_SEED", "0"))
IMAGES = int(os.environ.get("FUZZ_IMAGES", "64"))
BATCH = 256  # images in one test; the time limit of a test is what ends a hang
MAX_WORKER_BYTES = 300 * 1024 * 1024

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF"]
OPTIONS = {"WEBP": {"lossless": True}, "HEIF": {"tile_size": 64}, "JPEG": {"progressive": True}}
OPTIONS["TIFF"] = {"compression": "tiff_lzw"}
PLAIN = {kind: encoded(noise("RGB", (24, 16), seed=4), kind) for kind in KINDS}
SPECIAL = {kind: encoded(corners((160, 80)), kind, **OPTIONS.get(kind, {})) for kind in KINDS}


@pytest.mark.parametrize("first", range(FIRST, FIRST + IMAGES, BATCH))
def test_every_damaged_image_is_opened_or_refused(
    first: int, caplog: pytest.LogCaptureFixture
) -> None:
    outcomes: Counter[bool] = Counter()
    for seed in range(first, min(first + BATCH, FIRST + IMAGES)):
        try:
            outcomes[taken(damaged(seed))] += 1
            check_deaths(caplog)
        except BaseException as problem:  # a time limit too: a hang must tell its seed
            problem.add_note(f"FUZZ_SEED={seed} FUZZ_IMAGES=1 make fuzz")
            raise
    # Were all of them refused at the door, the decoders would not have been tried at all.
    assert sum(outcomes.values()) < 32 or min(outcomes[True], outcomes[False]) > 4, outcomes


def taken(content: bytes) -> bool:
    try:
        check(prepare(content, "image"))
    except ImageRefused:
        return False
    finally:
        if worker_queue.pid is not None:
            assert peak_bytes(worker_queue.pid) < MAX_WORKER_BYTES
    return True


def check(result: PreparedImage) -> None:
    assert decoded(result.content).size == (result.width, result.height)
    assert max(result.width, result.height) <= 1568
    assert decoded(result.thumbnail).size == (result.thumbnail_width, result.thumbnail_height)


def check_deaths(caplog: pytest.LogCaptureFixture) -> None:
    """A codec may crash, which is a signal. An error that our code did not expect may not."""
    for record in caplog.records:
        if record.levelno >= logging.ERROR:
            assert isinstance(record.args, tuple)
            assert int(str(record.args[0])) < 0, record.getMessage()


def damaged(seed: int) -> bytes:
    chance = random.Random(seed)
    kind = KINDS[seed % len(KINDS)]
    content = mutated(chance.choice([PLAIN, SPECIAL])[kind], chance)
    return sealed(content) if kind == "PNG" else content


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or replaced, often near the start, where headers are.

    What a format is known by stays as it is most of the time.
    """
    data = bytearray(content)
    reach = chance.choice([60, len(data)])
    for _ in range(chance.randint(1, 6)):
        place = min(int(chance.expovariate(1 / reach)), len(data) - 1)
        length = chance.randint(1, 12)
        match chance.randrange(4):
            case 0:
                data[place] = chance.randrange(256)
            case 1:
                del data[place : place + length]
            case 2:
                data[place:place] = data[place : place + length]
            case _:
                data[place : place + length] = chance.randbytes(length)
        data = data or bytearray(b"\0")
    return content[:12] + bytes(data[12:]) if chance.random() < 0.8 else bytes(data)
