"""Every accepted format and mode comes out as a small JPEG, or PNG where it is see-through."""

from __future__ import annotations

import hashlib
import io
import itertools
from pathlib import Path

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from PIL import Image, ImageCms

from chatapp.images.errors import ImageTypeRefused
from chatapp.images.processing import PreparedImage, prepare, process
from tests.texts import sampled

from .samples import GREEN, RED, corner_names, corners, decoded, display_p3, encoded

OPAQUE = {
    "jpeg": encoded(corners(), "JPEG", quality=95),
    "jpeg progressive": encoded(corners(), "JPEG", quality=95, progressive=True),
    "jpeg cmyk": encoded(corners().convert("CMYK"), "JPEG", quality=95),
    "jpeg multi-image": encoded(
        corners(), "MPO", save_all=True, append_images=[corners()], quality=95
    ),
    "png rgb": encoded(corners(), "PNG"),
    "png rgba, all opaque": encoded(corners().convert("RGBA"), "PNG"),
    "png palette": encoded(corners().quantize(8), "PNG"),
    "webp": encoded(corners(), "WEBP", quality=95),
    "webp lossless": encoded(corners(), "WEBP", lossless=True),
    "webp animated": encoded(
        corners(), "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 32))]
    ),
    "gif": encoded(corners(), "GIF"),
    "gif animated": encoded(
        corners(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 32))]
    ),
    "avif": encoded(corners(), "AVIF", quality=90),
    "avif animated": encoded(
        corners(), "AVIF", quality=90, save_all=True, append_images=[Image.new("RGB", (64, 32))]
    ),
    "heic": encoded(corners(), "HEIF", quality=90),
    "heic in tiles": encoded(
        corners((640, 320)).resize((64, 32)), "HEIF", quality=90, tile_size=32
    ),
    "bmp": encoded(corners(), "BMP"),
    "bmp palette": encoded(corners().quantize(8), "BMP"),
    "tiff": encoded(corners(), "TIFF"),
    "tiff lzw": encoded(corners(), "TIFF", compression="tiff_lzw"),
    "tiff jpeg": encoded(corners(), "TIFF", compression="jpeg", quality=95),
    "tiff cmyk": encoded(corners().convert("CMYK"), "TIFF"),
    "tiff big": encoded(corners(), "TIFF", big_tiff=True),
    "tiff of two pages": encoded(
        corners(), "TIFF", save_all=True, append_images=[Image.new("RGB", (64, 32))]
    ),
    "apng": encoded(corners(), "PNG", save_all=True, append_images=[Image.new("RGB", (64, 32))]),
}
GREY = {
    "jpeg": encoded(Image.new("L", (20, 10), 128), "JPEG"),
    "png 8 bit": encoded(Image.new("L", (20, 10), 128), "PNG"),
    "png 16 bit": encoded(Image.new("I;16", (20, 10), 128 * 256), "PNG"),
    "tiff 16 bit": encoded(Image.new("I;16", (20, 10), 128 * 256), "TIFF"),
    "tiff 16 bit, big-endian": encoded(Image.new("I;16B", (20, 10), 128 * 256), "TIFF"),
    "heic": encoded(Image.new("L", (20, 10), 128), "HEIF", quality=90),
    "heic 10 bit": encoded(Image.new("I;16", (20, 10), 128 * 256), "HEIF", quality=90),
    "avif": encoded(Image.new("L", (20, 10), 128), "AVIF", quality=90),
    "bmp": encoded(Image.new("L", (20, 10), 128), "BMP"),
    "png grey and alpha": encoded(Image.new("LA", (20, 10), (128, 255)), "PNG"),
}


def prepared(content: bytes) -> PreparedImage:
    return prepare(io.BytesIO(content), "image")


@pytest.mark.parametrize("content", OPAQUE.values(), ids=OPAQUE)
def test_an_opaque_image_becomes_a_jpeg_with_the_same_colours(content: bytes) -> None:
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


def test_black_and_white_is_accepted() -> None:
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
    "avif": encoded(half_clear("RGBA"), "AVIF", quality=95),
    "heic": encoded(half_clear("RGBA"), "HEIF", quality=95),
    "tiff": encoded(half_clear("RGBA"), "TIFF"),
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


FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "AVIF", "HEIF", "BMP", "TIFF")


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
@pytest.mark.parametrize("kind", sampled(FORMATS, few=("JPEG", "HEIF")))
def test_the_long_edge_is_at_most_1568_pixels(
    kind: str, size: tuple[int, int], expected: tuple[int, int]
) -> None:
    if kind == "HEIF" and size == (8000, 1):
        size, expected = (8000, 64), (1568, 13)  # flatter ones can't be written

    result = prepared(encoded(Image.new("RGB", size, GREEN), kind))

    assert (result.width, result.height) == decoded(result.content).size == expected


def test_the_same_file_gives_the_same_bytes() -> None:
    assert prepared(OPAQUE["jpeg"]) == prepared(OPAQUE["jpeg"])


@pytest.mark.parametrize("name", OPAQUE)
def test_an_animation_is_marked(name: str) -> None:
    assert prepared(OPAQUE[name]).animated == ("animated" in name or name == "apng")


@pytest.mark.parametrize("name", [*OPAQUE, *CLEAR])
def test_each_image_has_a_thumbnail(name: str) -> None:
    result = prepared((OPAQUE | CLEAR)[name])

    image = decoded(result.thumbnail)
    assert (image.format, result.thumbnail_type) == ("WEBP", "image/webp")
    assert image.size == (result.thumbnail_width, result.thumbnail_height)
    assert image.size == (result.width, result.height)  # they are small as they are
    assert (image.mode == "RGBA") == (result.content_type == "image/png")


def test_a_thumbnail_is_small() -> None:
    result = prepared(encoded(corners((2000, 1000)), "JPEG"))

    assert (result.thumbnail_width, result.thumbnail_height) == (384, 192)
    assert corner_names(decoded(result.thumbnail)) == "RGWB"
    assert len(result.thumbnail) < 12_000


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"])
def test_display_p3_becomes_srgb(kind: str) -> None:
    """A red that both can show: 200, 60, 60 in sRGB is 185, 71, 66 in Display P3."""
    options = {} if kind in {"PNG", "TIFF"} else {"quality": 95}
    image = Image.new("RGB", (32, 32), (185, 71, 66))

    result = decoded(prepared(encoded(image, kind, icc_profile=display_p3(), **options)).content)

    pixel = result.getpixel((16, 16))
    assert all(abs(a - b) <= 5 for a, b in zip(pixel, (200, 60, 60), strict=True)), pixel
    assert "icc_profile" not in result.info


def test_one_row_of_a_large_image_is_as_bright_as_the_next() -> None:
    """Images are shrunk strip by strip; no seam may show where two strips meet."""
    image = Image.linear_gradient("L").resize((3300, 4400)).convert("RGB")

    column = decoded(prepared(encoded(image, "PNG")).content).convert("L").crop((50, 0, 51, 1568))

    values = list(column.get_flattened_data())
    assert max(abs(a - b) for a, b in itertools.pairwise(values)) <= 2
    assert (values[0], values[-1]) == (0, 255)


def test_a_file_is_read_where_it_is(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(OPAQUE["heic"])

    assert prepare(path, "image") == prepared(OPAQUE["heic"])


@pytest.mark.parametrize("name", ["jpeg", "heic", "webp", "tiff"])
def test_a_large_upload_never_passes_through_the_app(name: str) -> None:
    with TemporaryUploadedFile("a.jpg", "image/jpeg", 1, None) as upload:
        upload.write(OPAQUE[name])
        upload.flush()
        position = upload.tell()

        assert prepare(upload, "image") == prepared(OPAQUE[name])
        assert upload.tell() == position


async def test_asynchronous_code_gets_the_same() -> None:
    assert await process(OPAQUE["jpeg"], "image") == prepared(OPAQUE["jpeg"])
    with pytest.raises(ImageTypeRefused):
        await process(b"text", "image")
