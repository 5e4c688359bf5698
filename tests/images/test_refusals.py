"""What is not an image, or is too large, is refused with a sentence and nothing else happens."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from chatapp.images.errors import ImageRefused, ImageTooLarge, ImageTypeRefused, ImageUnreadable
from chatapp.images.processing import MAX_UPLOAD_BYTES, prepare, worker_queue
from chatapp.images.worker import encoding

from .samples import (
    bmp_header,
    box_header,
    corners,
    decoded,
    encoded,
    gif_header,
    jpeg_header,
    noise,
    peak_bytes,
    png_header,
    tiff_header,
    webp_header,
)

KINDS = ["JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF"]


@pytest.mark.parametrize(
    "content",
    [
        b"just some text\n" * 20,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html><img src=x onerror=alert(1)>",
        b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        b"%!PS-Adobe-3.0 EPSF-3.0\n",
        b"<html>" + encoded(corners(), "PNG"),
        b"%PDF-1.7\n" + encoded(corners(), "JPEG"),
        b"\0\0\0\x0cjP  \r\n\x87\n",
        b"\0\0\0\x18ftypmp42\0\0\0\0isommp42",
        b"\0\0\0\x18ftypmif1\0\0\0\0mif1jpeg",
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\0",
    ],
    ids=[
        "text", "svg", "html", "pdf", "postscript", "image behind html", "image behind pdf",
        "jpeg 2000", "video", "heif of something else", "sound", "one byte",
    ],
)  # fmt: skip
def test_the_name_does_not_make_an_image(content: bytes) -> None:
    with pytest.raises(ImageTypeRefused, match="JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF or BMP"):
        prepare(io.BytesIO(content), "image.png")


def test_an_empty_file_is_refused() -> None:
    with pytest.raises(ImageUnreadable, match="empty"):
        prepare(io.BytesIO(b""), "image.png")


def test_more_than_50_mb_is_refused_without_reading_on() -> None:
    file = io.BytesIO(encoded(corners(), "JPEG") + bytes(51 * 1024 * 1024))

    with pytest.raises(ImageTooLarge, match="50 MB"):
        prepare(file, "image.jpg")
    assert file.tell() == MAX_UPLOAD_BYTES + 1


def test_more_than_50_mb_on_the_disk_are_not_read_at_all(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    with path.open("wb") as file:
        file.write(encoded(corners(), "JPEG"))
        file.truncate(51 * 1024 * 1024)

    with pytest.raises(ImageTooLarge, match="50 MB"):
        prepare(path, "image.jpg")


def test_50_mb_are_accepted() -> None:
    content = encoded(corners(), "JPEG")

    assert prepare(content + bytes(MAX_UPLOAD_BYTES - len(content)), "image.jpg").width == 64


@pytest.mark.parametrize(
    "content",
    [
        png_header(50_000, 50_000),
        png_header(2**31 - 1, 2**31 - 1),
        webp_header(16_000, 16_000),
        gif_header(50_000, 50_000),
        jpeg_header(50_000, 50_000),
        jpeg_header(8_000, 5_000, progressive=True),
        bmp_header(50_000, 50_000),
        tiff_header(50_000, 50_000),
        box_header("AVIF", 16_000, 16_000),
        box_header("HEIF", 16_000, 16_000),
    ],
    ids=[
        "png", "png, largest", "webp", "gif", "jpeg", "jpeg, progressive", "bmp", "tiff", "avif",
        "heic",
    ],
)  # fmt: skip
def test_a_bomb_is_refused_before_it_takes_memory(content: bytes) -> None:
    worker_queue.close()

    with pytest.raises(ImageTooLarge, match="megapixels"):
        prepare(io.BytesIO(content), "image")

    assert worker_queue.pid is not None
    assert peak_bytes(worker_queue.pid) < 45_000_000


def test_a_palette_image_without_its_palette_is_refused() -> None:
    content = encoded(corners().quantize(4), "PNG")
    place = content.index(b"PLTE")
    length = int.from_bytes(content[place - 4 : place], "big")

    with pytest.raises(ImageUnreadable):
        prepare(io.BytesIO(content[: place - 4] + content[place + 8 + length :]), "image.png")


def test_a_jpeg_of_many_scans_is_refused() -> None:
    content = encoded(corners(), "JPEG", progressive=True)
    last = content.rindex(b"\xff\xda")

    with pytest.raises(ImageUnreadable):
        prepare(io.BytesIO(content[:last] + content[last:-2] * 1000 + b"\xff\xd9"), "image")


@pytest.mark.parametrize(("kind", "share"), [*((kind, 0.01) for kind in KINDS), ("TIFF", 0.5)])
def test_a_file_of_which_nothing_can_be_shown_is_refused(kind: str, share: float) -> None:
    content = encoded(noise("RGB", (200, 100), seed=1), kind)

    with pytest.raises(ImageRefused):
        prepare(io.BytesIO(content[: int(len(content) * share)]), "image")


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_an_image_that_encodes_too_large_is_made_smaller(
    mode: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoding, "MAX_ENCODED_BYTES", 20_000)
    monkeypatch.setattr(encoding, "AIM_BYTES", 10_000)

    result = encoding.encode(noise(mode, (300, 200), seed=2))

    assert len(result.content) <= 20_000
    assert decoded(result.content).size == (result.width, result.height)
    assert 50 < result.width < 300


@pytest.mark.long
def test_the_worst_image_fits_the_limit_of_the_service() -> None:
    result = prepare(io.BytesIO(encoded(noise("RGBA", (1568, 1568), seed=3), "PNG")), "image")

    assert len(result.content) <= 3_500_000
    assert result.content_type == "image/webp"


def test_quality_is_lowered_before_an_image_exceeds_a_megabyte() -> None:
    image = Image.effect_noise((1568, 1568), 45).convert("RGB")
    best = len(encoded(image, "JPEG", quality=85, progressive=True, optimize=True))

    result = prepare(encoded(image, "PNG"), "image")

    assert len(result.content) < 1_000_000 < best
    assert (result.width, result.height) == (1568, 1568)
