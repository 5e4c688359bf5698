"""Kinds of TIFF whose values are no bytes, and files that hold more than is shown."""

from __future__ import annotations

import struct

import pytest
from PIL import Image

from chatapp.images.processing import prepare
from chatapp.images.worker.protocol import Remark

from .samples import corner_names, corners, decoded, encoded

SIZE = (20, 10)


def tiff_of_12_bits(value: int) -> bytes:
    """A grey TIFF as scientific cameras write it: two pixels in three bytes (TIFF 6.0)."""
    packed = (value << 12 | value).to_bytes(3, "big") * (SIZE[0] * SIZE[1] // 2)
    entries = [
        (256, SIZE[0]), (257, SIZE[1]), (258, 12), (259, 1), (262, 1), (273, 0), (277, 1),
        (278, SIZE[1]), (279, len(packed)),
    ]  # fmt: skip
    start = 8 + 2 + 12 * len(entries) + 4
    table = b"".join(
        struct.pack("<HHII", tag, 4, 1, start if tag == 273 else number) for tag, number in entries
    )
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + table + bytes(4) + packed


def ramp(mode: str, low: float, high: float) -> bytes:
    """The lowest value on the left, the highest on the right, and the one between in the middle."""
    image = Image.new(mode, SIZE, low)
    image.paste((low + high) / 2 if mode == "F" else int(low + high) // 2, (6, 0, 14, 10))
    image.paste(high, (14, 0, 20, 10))
    return encoded(image, "TIFF")


@pytest.mark.parametrize("value", [0, 2_048, 4_095])
def test_12_bits_keep_their_brightness(value: int) -> None:
    pixel = decoded(prepare(tiff_of_12_bits(value), "a.tif").content).convert("L").getpixel((5, 5))

    assert abs(pixel - value / 4_095 * 255) <= 2


@pytest.mark.parametrize(
    "content",
    [
        ramp("F", 0.0, 1.0),
        ramp("F", 0.0, 255.0),
        ramp("F", -20.5, 900.0),
        ramp("I", 0, 255),
        ramp("I", 300, 4_000),
        ramp("I", -5_000, 3_000_000),
    ],
    ids=["share", "bytes", "elevation", "small integers", "integers", "signed integers"],
)
def test_numbers_without_a_white_of_their_own_are_not_black(content: bytes) -> None:
    image = decoded(prepare(content, "a.tif").content).convert("L")

    dark, middle, light = (image.getpixel((x, 5)) for x in (2, 10, 17))
    assert dark < 10
    assert 115 < middle < 140
    assert light > 245


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_do_no_harm(value: float) -> None:
    image = Image.new("F", SIZE, 0.5)
    image.putpixel((0, 0), value)

    assert prepare(encoded(image, "TIFF"), "a.tif").width == SIZE[0]


def test_lab_keeps_its_colours() -> None:
    image = Image.new("LAB", SIZE, (138, 209, 198))  # red: L of 255, a and b from -128

    red, green, blue = decoded(prepare(encoded(image, "TIFF"), "a.tif").content).getpixel((5, 5))

    assert red > 230 > 60 > max(green, blue)


def pages(*options: dict[int, int]) -> bytes:
    """A TIFF with one page more for each set of tags."""
    image, others = corners(), []
    for tags in options:
        others.append(Image.new("RGB", (32, 16)))
        others[-1].encoderinfo = {"tiffinfo": tags}
    return encoded(image, "TIFF", save_all=True, append_images=others)


@pytest.mark.parametrize(
    ("content", "remarks"),
    [
        (pages(), ()),
        (pages({}), (Remark.PAGE,)),
        (pages({254: 1}), ()),  # a small copy
        (pages({254: 4}), ()),  # a mask
        (pages({254: 1}, {254: 2}), (Remark.PAGE,)),
        (pages({})[:-60], (Remark.PAGE,)),
    ],
    ids=["one", "two", "small copy", "mask", "small copy and page", "second page damaged"],
)
def test_pages_that_are_not_shown_are_remarked(content: bytes, remarks: tuple[Remark, ...]) -> None:
    result = prepare(content, "scan.tif")

    assert (result.remarks, result.animated) == (remarks, False)
    assert corner_names(decoded(result.content)) == "RGWB"


def test_a_heic_of_several_images_is_remarked() -> None:
    content = encoded(corners(), "HEIF", save_all=True, append_images=[corners((32, 32))])

    assert prepare(content, "burst.heic").remarks == (Remark.PAGE,)


@pytest.mark.parametrize("kind", ["HEIF", "AVIF"])
@pytest.mark.parametrize("brand", [b"mif1", b"miaf", b"msf1"])
def test_a_file_with_only_a_general_brand_is_opened(kind: str, brand: bytes) -> None:
    content = encoded(corners(), kind, quality=90)
    length = int.from_bytes(content[:4], "big")
    head = content[:8] + brand + content[12:16] + brand * ((length - 16) // 4)

    assert corner_names(decoded(prepare(head + content[length:], "a").content)) == "RGWB"
