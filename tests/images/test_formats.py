"""Every accepted format and mode comes out as a small JPEG, or PNG where it is see-through."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image, ImageCms

from chatapp.images.processing import PreparedImage, prepare

from .samples import GREEN, RED, corner_names, corners, decoded, encoded

OPAQUE = {
    "jpeg": encoded(corners(), "JPEG", quality=95),
    "jpeg progressive": encoded(corners(), "JPEG", quality=95, progressive=True),
    "jpeg cmyk": encoded(corners().convert("CMYK"), "JPEG", quality=95),
    "jpeg multi-picture": encoded(
        corners(), "MPO", save_all=True, append_images=[corners()], quality=95
    ),
    "png rgb": encoded(corners(), "PNG"),
    "png rgba, all opaque": encoded(corners().convert("RGBA"), "PNG"),
    "png palette": encoded(corners().quantize(8), "PNG"),
    "webp": encoded(corners(), "WEBP", quality=95),
    "webp lossless": encoded(corners(), "WEBP", lossless=True),
    "webp animated": encoded(corners(), "WEBP", save_all=True, append_images=[corners()]),
    "gif": encoded(corners(), "GIF"),
    "gif animated": encoded(
        corners(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 32))]
    ),
    "apng": encoded(corners(), "PNG", save_all=True, append_images=[Image.new("RGB", (64, 32))]),
}
GREY = {
    "jpeg": encoded(Image.new("L", (20, 10), 128), "JPEG"),
    "png 8 bit": encoded(Image.new("L", (20, 10), 128), "PNG"),
    "png 16 bit": encoded(Image.new("I;16", (20, 10), 128 * 256), "PNG"),
    "png grey and alpha": encoded(Image.new("LA", (20, 10), (128, 255)), "PNG"),
}


def prepared(content: bytes) -> PreparedImage:
    return prepare(io.BytesIO(content), "picture")


@pytest.mark.parametrize("content", OPAQUE.values(), ids=OPAQUE)
def test_an_opaque_picture_becomes_a_jpeg_with_the_same_colours(content: bytes) -> None:
    result = prepared(content)

    image = decoded(result.content)
    assert (image.format, result.content_type) == ("JPEG", "image/jpeg")
    assert image.size == (result.width, result.height) == (64, 32)
    assert corner_names(image) == "RGWB"
    assert result.sha256 == hashlib.sha256(result.content).hexdigest()


@pytest.mark.parametrize("content", GREY.values(), ids=GREY)
def test_grey_keeps_its_brightness(content: bytes) -> None:
    pixel = decoded(prepared(content).content).convert("L").getpixel((5, 5))

    assert abs(pixel - 128) <= 2


def test_black_and_white_is_taken() -> None:
    image = Image.new("1", (20, 10), 0)
    image.paste(1, (10, 0, 20, 10))

    result = decoded(prepared(encoded(image, "PNG")).content).convert("L")

    assert result.getpixel((2, 5)) < 10
    assert result.getpixel((17, 5)) > 245


def half_clear(mode: str) -> Image.Image:
    image = Image.new("RGBA", (20, 10), (0, 255, 0, 255))
    image.paste((0, 255, 0, 0), (0, 0, 10, 10))
    return image.convert(mode)


def keyed_palette() -> Image.Image:
    image = Image.new("P", (20, 10), 1)
    image.putpalette([*RED, *GREEN])
    image.paste(0, (0, 0, 10, 10))
    return image


def keyed_rgb() -> Image.Image:
    image = Image.new("RGB", (20, 10), GREEN)
    image.paste(RED, (0, 0, 10, 10))
    return image


CLEAR = {
    "png rgba": encoded(half_clear("RGBA"), "PNG"),
    "png la": encoded(half_clear("LA"), "PNG"),
    "png palette, key colour": encoded(keyed_palette(), "PNG", transparency=0),
    "png palette, alpha table": encoded(keyed_palette(), "PNG", transparency=b"\x00\xfe"),
    "png rgb, key colour": encoded(keyed_rgb(), "PNG", transparency=RED),
    "png grey, key colour": encoded(half_clear("LA").getchannel("A"), "PNG", transparency=0),
    "webp": encoded(half_clear("RGBA"), "WEBP", lossless=True),
    "gif": encoded(keyed_palette(), "GIF", transparency=0),
}


@pytest.mark.parametrize("content", CLEAR.values(), ids=CLEAR)
def test_real_transparency_survives(content: bytes) -> None:
    result = prepared(content)

    image = decoded(result.content)
    assert (image.format, result.content_type) == ("PNG", "image/png")
    assert image.getchannel("A").getpixel((2, 5)) == 0
    assert image.getchannel("A").getpixel((17, 5)) > 250


def test_a_colour_profile_is_applied_not_ignored() -> None:
    swapped = _profile_with_red_and_green_swapped()
    content = encoded(Image.new("RGB", (20, 10), RED), "PNG", icc_profile=swapped)

    pixel = decoded(prepared(content).content).getpixel((5, 5))

    assert pixel[1] > 200 > 60 > pixel[0]


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "CMYK"])
def test_a_profile_that_does_not_fit_is_ignored(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new("RGBA", (20, 10), (255, 255, 255, 255)).convert("RGB").convert(mode)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    for profile in (srgb, srgb[:200], b"nonsense" * 40):
        result = decoded(prepared(encoded(image, kind, icc_profile=profile)).content)
        assert min(result.getpixel((5, 5))) > 245


def _profile_with_red_and_green_swapped() -> bytes:
    """sRGB with the names of its red and green colorants exchanged (ICC.1, tag table)."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    swap = {b"rXYZ": b"gXYZ", b"gXYZ": b"rXYZ"}
    table = bytearray(profile)
    for place in range(132, 132 + 12 * int.from_bytes(profile[128:132], "big"), 12):
        name = bytes(table[place : place + 4])
        table[place : place + 4] = swap.get(name, name)
    return bytes(table)


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1, 1), (1, 1)),
        ((1568, 1000), (1568, 1000)),
        ((1569, 10), (1568, 10)),
        ((3000, 2000), (1568, 1045)),
        ((8000, 50), (1568, 10)),
        ((50, 8000), (10, 1568)),
        ((8000, 1), (1568, 1)),
    ],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_long_edge_is_at_most_1568_pixels(
    kind: str, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    result = prepared(encoded(Image.new("RGB", size, GREEN), kind))

    assert (result.width, result.height) == decoded(result.content).size == expected


def test_the_same_file_gives_the_same_bytes() -> None:
    assert prepared(OPAQUE["jpeg"]) == prepared(OPAQUE["jpeg"])
