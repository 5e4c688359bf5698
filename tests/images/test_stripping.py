"""Images are turned upright and leave nothing behind: no place, no camera, no text."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image, PngImagePlugin
from PIL.ExifTags import IFD, Base

from chatapp.images.processing import prepare

from .samples import corner_names, corners, decoded, encoded

SECRET = "Zanzibar-lighthouse"
XMP = f"<x:xmpmeta xmlns:x='adobe:ns:meta/'>{SECRET}</x:xmpmeta>".encode()

# How the corners of an upright image, 'RGWB' clockwise from the top left, look when it is shown
# without regard to its orientation tag. Written out by hand from EXIF 2.32, tag 0x0112.
STORED = {1: "RGWB", 2: "GRBW", 3: "WBRG", 4: "BWGR", 5: "RBWG", 6: "GWBR", 7: "WGRB", 8: "BRGW"}


def exif(orientation: int = 1) -> Image.Exif:
    data = Image.Exif()
    data[Base.Orientation] = orientation
    data[Base.Make] = SECRET
    data.get_ifd(IFD.GPSInfo).update({1: "S", 2: (6.0, 9.0, 57.0), 3: "E", 4: (39.0, 11.0, 27.0)})
    return data


def stored(orientation: int) -> Image.Image:
    """The pixels a camera would write for an upright image of 64 by 32."""
    size = (64, 32) if orientation < 5 else (32, 64)
    half = (size[0] // 2, size[1] // 2)
    places = [(0, 0), (half[0], 0), half, (0, half[1])]
    colours = {"R": (255, 0, 0), "G": (0, 255, 0), "B": (0, 0, 255), "W": (255, 255, 255)}
    image = Image.new("RGB", size)
    for (x, y), name in zip(places, STORED[orientation], strict=True):
        image.paste(colours[name], (x, y, x + half[0], y + half[1]))
    return image


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "HEIF", "TIFF"])
def test_an_image_is_turned_upright(kind: str, orientation: int) -> None:
    """A HEIC brings two orders to turn, its own and that of its EXIF, of which one counts."""
    content = encoded(stored(orientation), kind, exif=exif(orientation).tobytes())
    if kind == "HEIF" and orientation > 1:
        assert b"irot" in content or b"imir" in content

    result = decoded(prepare(io.BytesIO(content), "").content)

    assert result.size == (64, 32)
    assert corner_names(result) == "RGWB"


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_unknown_orientation_leaves_the_image_as_it_is(orientation: int) -> None:
    content = encoded(corners(), "JPEG", exif=exif(orientation))

    assert corner_names(decoded(prepare(io.BytesIO(content), "").content)) == "RGWB"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF")
def test_damaged_exif_does_not_lose_the_image() -> None:
    content = encoded(corners(), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff\xff\xff")

    assert corner_names(decoded(prepare(io.BytesIO(content), "").content)) == "RGWB"


def text_chunks() -> PngImagePlugin.PngInfo:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET)
    info.add_text("Comment", SECRET, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    return info


def jpeg_segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(content) + 2) + content


def behind_the_start(segment: bytes) -> bytes:
    content = encoded(corners(), "JPEG")
    return content[:2] + segment + content[2:]


CLEAR = Image.new("RGBA", (64, 32), (0, 255, 0, 80))
TELLTALE = {
    "jpeg": encoded(corners(), "JPEG", exif=exif(), xmp=XMP, comment=SECRET, dpi=(300, 300)),
    "png": encoded(corners(), "PNG", exif=exif(), pnginfo=text_chunks(), dpi=(300, 300)),
    "png, see-through": encoded(CLEAR, "PNG", exif=exif(), pnginfo=text_chunks(), dpi=(300, 300)),
    "webp": encoded(corners(), "WEBP", exif=exif(), xmp=XMP),
    "webp, see-through": encoded(CLEAR, "WEBP", exif=exif(), xmp=XMP),
    "gif": encoded(corners(), "GIF", comment=SECRET),
    "avif": encoded(corners(), "AVIF", exif=exif(), xmp=XMP),
    "heic": encoded(corners(), "HEIF", exif=exif(), xmp=XMP),
    "tiff": encoded(corners(), "TIFF", exif=exif(), description=SECRET),
    "iptc": behind_the_start(jpeg_segment(0xED, b"Photoshop 3.0\0" + SECRET.encode())),
    "second image": encoded(
        corners(), "MPO", save_all=True, append_images=[Image.new("RGB", (64, 32))], exif=exif()
    ),
    "video behind the photo": encoded(corners(), "JPEG") + b"\0\0\0\x18ftypmp42" + SECRET.encode(),
    "archive behind the png": encoded(corners(), "PNG") + b"PK\3\4" + SECRET.encode(),
    "page behind the gif": encoded(corners(), "GIF") + f"<script>{SECRET}</script>".encode(),
}
MARKS = [b"Exif", b"eXIf", b"EXIF", b"MM\0*", b"II*\0", b"xmp", b"XMP", b"tEXt", b"zTXt", b"iTXt"]
MARKS += [b"ICC", b"iCCP", b"pHYs", b"GPS", b"\xff\xe1", b"\xff\xe2", b"\xff\xed", b"\xff\xfe"]
MARKS += [b"MPF\0", b"Photoshop", b"ftyp", b"PK\3\4", b"<script"]
MARKS += [SECRET.encode(), SECRET.encode("utf-16-le")]


@pytest.mark.parametrize("content", TELLTALE.values(), ids=TELLTALE)
def test_nothing_but_pixels_is_kept(content: bytes) -> None:
    assert any(mark in content for mark in MARKS)

    prepared = prepare(io.BytesIO(content), "")

    result = prepared.content
    assert [mark for mark in MARKS if mark in result] == []
    # Pairs of bytes come by chance in a WebP, where they mean nothing.
    assert [mark for mark in MARKS if len(mark) > 2 and mark in prepared.thumbnail] == []
    assert result.count(b"\xff\xd8\xff") == (prepared.content_type == "image/jpeg")
    assert not decoded(result).getexif()
    assert not decoded(prepared.thumbnail).getexif()
    assert set(decoded(result).info) <= {
        "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("beach.jpg", "beach.jpg"),
        ("/etc/passwd", "passwd"),
        ("C:\\Users\\me\\beach.jpg", "beach.jpg"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("two\n  lines\0.png", "two lines.png"),
        ("half a pair \ud800.png", "half a pair .png"),
        ("ы" * 300, "ы" * 200),
        ("", "Image"),
        ("../", "Image"),
    ],
)
def test_the_name_is_cleaned(given: str, kept: str) -> None:
    assert prepare(io.BytesIO(TELLTALE["gif"]), given).name == kept
