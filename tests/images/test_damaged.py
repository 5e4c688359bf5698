"""What browsers show is accepted, although the file isn't quite whole."""

from __future__ import annotations

import struct
import zlib

import pytest
from PIL import ImageCms

from chatapp.images.errors import ImageIncomplete
from chatapp.images.processing import prepare
from chatapp.images.worker.protocol import Remark

from .samples import corner_names, corners, decoded, encoded, noise, png_chunk

PROFILE = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
LARGE = zlib.compress(bytes(9 * 1024 * 1024))
TWO_MB = zlib.compress(PROFILE + bytes(2 * 1024 * 1024))


def with_chunk(chunk: bytes, *, after_pixels: bool = False) -> bytes:
    content = encoded(corners(), "PNG")
    place = content.index(b"IEND") - 4 if after_pixels else 33  # right after the header
    return content[:place] + chunk + content[place:]


def miscounted(kind: bytes, data: bytes) -> bytes:
    """A chunk with a wrong checksum."""
    return png_chunk(kind, data)[:-4] + b"\0\0\0\0"


SIDE_CHUNKS = {
    "compressed text": png_chunk(b"zTXt", b"parameters\0\0" + LARGE),
    "compressed international text": png_chunk(b"iTXt", b"workflow\0\1\0\0\0" + LARGE),
    "profile": png_chunk(b"iCCP", b"large\0\0" + TWO_MB),
    "larger profile": png_chunk(b"iCCP", b"large\0\0" + LARGE),
    "text with a wrong checksum": miscounted(b"tEXt", b"Comment\0hello"),
    "date with a wrong checksum": miscounted(b"tIME", bytes(7)),
    "exif with a wrong checksum": miscounted(b"eXIf", b"MM\0*" + bytes(20)),
    "unknown chunk with a wrong checksum": miscounted(b"abCd", b"x"),
    "short gamma": png_chunk(b"gAMA", b"\0\1"),
    "short resolution": png_chunk(b"pHYs", b"\0"),
    "text that is no text": png_chunk(b"iTXt", b"\xff\xfe"),
}


@pytest.mark.parametrize("after_pixels", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("chunk", SIDE_CHUNKS.values(), ids=SIDE_CHUNKS)
def test_side_chunks_do_not_decide(chunk: bytes, after_pixels: bool) -> None:
    result = prepare(with_chunk(chunk, after_pixels=after_pixels), "drawing.png")

    assert corner_names(decoded(result.content)) == "RGWB"
    assert result.remarks == ()


def test_a_png_without_its_end_is_whole() -> None:
    content = encoded(corners(), "PNG")

    assert prepare(content[: content.index(b"IEND") - 4], "a.png").remarks == ()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_what_is_there_of_an_incomplete_file_is_shown_with_a_remark(
    kind: str, share: float
) -> None:
    content = encoded(noise("RGB", (200, 100), seed=1), kind)

    result = prepare(content[: int(len(content) * share)], "image")

    assert result.remarks == (Remark.INCOMPLETE,)
    assert (result.width, result.height) == (200, 100)
    low, high = decoded(result.content).convert("L").getextrema()
    assert low < high


@pytest.mark.parametrize("share", [0.2, 0.5, 0.8, 0.95])
def test_an_incomplete_avif_is_shown_as_far_as_its_decoder_goes_or_called_incomplete(
    share: float,
) -> None:
    content = encoded(corners().resize((400, 200)), "AVIF", quality=75)

    try:
        result = prepare(content[: int(len(content) * share)], "image.avif")
    except ImageIncomplete:
        return
    assert result.remarks == (Remark.INCOMPLETE,)


@pytest.mark.parametrize("kind", ["WEBP", "AVIF", "HEIF"])
@pytest.mark.parametrize("length", [0.01, 0.05])
def test_a_file_of_which_nearly_all_is_missing_is_called_incomplete(
    kind: str, length: float
) -> None:
    content = encoded(noise("RGB", (400, 400), seed=1), kind)

    with pytest.raises(ImageIncomplete, match="the end of its file is missing"):
        prepare(content[: int(len(content) * length)], "image")


@pytest.mark.parametrize("extra", [1, 50, 2**31])
def test_a_webp_that_declares_too_many_bytes_is_whole(extra: int) -> None:
    content = encoded(corners(), "WEBP", quality=95)
    length = struct.pack("<I", len(content) - 8 + extra)

    result = prepare(content[:4] + length + content[8:], "a.webp")

    assert (corner_names(decoded(result.content)), result.remarks) == ("RGWB", ())


def test_pixels_that_cannot_be_unpacked_end_the_image_and_no_more() -> None:
    content = bytearray(encoded(noise("RGB", (200, 100), seed=1), "PNG"))
    content[len(content) // 2] ^= 0xFF

    result = prepare(bytes(content), "image.png")

    assert (result.width, result.remarks) == (200, (Remark.INCOMPLETE,))


def test_an_incomplete_frame_after_the_first_is_only_an_animation() -> None:
    frames = [noise("RGB", (40, 40), seed=seed) for seed in (1, 2)]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    result = prepare(content[: int(len(content) * 0.8)], "image.gif")

    assert (result.animated, result.remarks) == (True, ())


def test_a_jpeg_with_a_video_behind_it_is_accepted() -> None:
    """Phones append megabytes of video, in which a scan seems to begin every 64 KB."""
    video = b"\xff\xda" * 2_000 + bytes(1_000)

    result = prepare(encoded(corners(), "JPEG", progressive=True) + video, "motion.jpg")

    assert (corner_names(decoded(result.content)), result.remarks) == ("RGWB", ())


def test_a_video_in_a_segment_of_a_jpeg_is_no_scan() -> None:
    content = encoded(corners(), "JPEG", progressive=True)
    place = content.rindex(b"\xff\xda")
    segment = b"\xff\xfe" + struct.pack(">H", 60_002) + b"\xff\xda" * 30_000

    result = prepare(content[:place] + segment + content[place:], "image.jpg")

    assert corner_names(decoded(result.content)) == "RGWB"
