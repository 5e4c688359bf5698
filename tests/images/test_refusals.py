"""What is not a picture, or is too large, is refused with a sentence and nothing else happens."""

from __future__ import annotations

import io
import random
import tracemalloc

import pytest
from PIL import Image

from chatapp.images import encoding
from chatapp.images.errors import ImageRefused, ImageTooLarge, ImageTypeRefused, ImageUnreadable
from chatapp.images.processing import MAX_UPLOAD_BYTES, prepare

from .samples import (
    corners,
    decoded,
    encoded,
    gif_header,
    jpeg_header,
    noise,
    png_header,
    sealed,
    webp_header,
)

KINDS = ["JPEG", "PNG", "WEBP", "GIF"]


@pytest.mark.parametrize(
    "content",
    [
        b"just some text\n" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><img src=x onerror=alert(1)>",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        encoded(corners(), "BMP"),
        encoded(corners(), "TIFF"),
        b"\0",
    ],
    ids=["text", "svg", "html", "pdf", "postscript", "bmp", "tiff", "one byte"],
)
def test_the_name_does_not_make_a_picture(content: bytes) -> None:
    with pytest.raises(ImageTypeRefused, match="JPEG, PNG, WebP or GIF"):
        prepare(io.BytesIO(content), "picture.png")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ImageUnreadable, match="empty"):
        prepare(io.BytesIO(b""), "picture.png")


def test_more_than_20_mb_is_refused_without_reading_on() -> None:
    file = io.BytesIO(encoded(corners(), "JPEG") + bytes(21 * 1024 * 1024))

    with pytest.raises(ImageTooLarge, match="20 MB"):
        prepare(file, "picture.jpg")
    assert file.tell() == MAX_UPLOAD_BYTES + 1


@pytest.mark.parametrize(
    "content",
    [
        png_header(50_000, 50_000),
        png_header(2**31 - 1, 2**31 - 1),
        webp_header(16_000, 16_000),
        gif_header(50_000, 50_000),
        jpeg_header(50_000, 50_000),
        jpeg_header(8_000, 5_000, progressive=True),
    ],
    ids=["png", "png, largest", "webp", "gif", "jpeg", "jpeg, progressive"],
)
def test_a_bomb_is_refused_before_it_takes_memory(content: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(ImageTooLarge, match="megapixels"):
            prepare(io.BytesIO(content), "picture")
        assert tracemalloc.get_traced_memory()[1] < 1_000_000  # bytes
    finally:
        tracemalloc.stop()


def test_a_palette_picture_without_its_palette_is_refused() -> None:
    content = encoded(corners().quantize(4), "PNG")
    place = content.index(b"PLTE")
    length = int.from_bytes(content[place - 4 : place], "big")

    with pytest.raises(ImageUnreadable):
        prepare(io.BytesIO(content[: place - 4] + content[place + 8 + length :]), "picture.png")


def test_a_jpeg_of_many_scans_is_refused() -> None:
    content = encoded(corners(), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")

    with pytest.raises(ImageUnreadable):
        prepare(io.BytesIO(content[:last] + content[last:-2] * 1000 + b"\xff\xd9"), "picture")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.01, 0.2, 0.5, 0.9])
def test_a_file_cut_short_is_refused(kind: str, share: float) -> None:
    content = encoded(noise("RGB", (200, 100), seed=1), kind)

    with pytest.raises(ImageRefused):
        prepare(io.BytesIO(content[: int(len(content) * share)]), "picture")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_what_encodes_too_large_is_made_smaller(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "MAX_ENCODED_BYTES", 20_000)
    content = encoded(noise(mode, (300, 200), seed=2), "PNG")

    result = prepare(io.BytesIO(content), "picture")

    assert len(result.content) <= 20_000
    assert decoded(result.content).size == (result.width, result.height)
    assert 50 < result.width < 300


def test_the_worst_picture_fits_the_limit_of_the_service() -> None:
    result = prepare(io.BytesIO(encoded(noise("RGBA", (1568, 1568), seed=3), "PNG")), "picture")

    assert len(result.content) <= 3_500_000
    assert result.content_type == "image/webp"


def test_running_out_of_memory_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_memory(*_: object) -> Image.Image:
        raise MemoryError

    monkeypatch.setattr("chatapp.images.processing.decode", no_memory)

    with pytest.raises(ImageTooLarge):
        prepare(io.BytesIO(encoded(corners(), "PNG")), "picture")


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A few bytes changed, cut out, doubled or moved, mostly near the start, where headers are."""
    data = bytearray(content)
    for _ in range(chance.randint(1, 6)):
        place = min(int(chance.expovariate(1 / 60)), len(data) - 1)
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
    return content[:4] + bytes(data[4:]) if chance.random() < 0.7 else bytes(data)


@pytest.mark.parametrize("kind", KINDS)
def test_damaged_files_are_taken_or_refused_never_a_crash(kind: str) -> None:
    chance = random.Random(f"damaged {kind}")
    seeds = [
        encoded(noise("RGB", (24, 16), seed=4), kind),
        encoded(corners().quantize(4).convert("RGB"), kind),
    ]
    outcomes = {"taken": 0, "refused": 0}
    for number in range(300):
        try:
            content = mutated(seeds[number % 2], chance)
            prepare(io.BytesIO(sealed(content) if kind == "PNG" else content), "picture")
            outcomes["taken"] += 1
        except ImageRefused:
            outcomes["refused"] += 1
    # Were all of them refused at the door, the decoders would not have been tried at all.
    assert min(outcomes.values()) >= 10, outcomes
