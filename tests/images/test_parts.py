"""A long screenshot becomes several images, so that it stays readable."""

from __future__ import annotations

import itertools

import pytest
from PIL import Image
from PIL.ExifTags import IFD, Base

from chatapp.images.processing import prepare, prepare_parts
from chatapp.images.worker.parts import MAX_EDGE, OVERLAP, cut, plan
from chatapp.images.worker.protocol import Remark
from chatapp.inference.context_window import image_tokens

from .samples import decoded, encoded

MOST = 8


@pytest.mark.parametrize(
    ("size", "shrunk", "count", "tokens"),
    [
        ((1080, 14_000), (784, 10_163), 7, 10_976),  # a phone's screenshot of a whole page
        ((1280, 14_000), (784, 8_575), 6, 9_408),  # a browser's
        ((14_000, 1080), (10_163, 784), 7, 10_976),
        ((1280, 4_000), (784, 2_450), 2, 2_620),
        ((5120, 1440), (2_788, 784), 2, 2_970),  # a wide screen
        ((400, 9_000), (400, 9_000), 6, 5_000),
        ((1179, 2556), (723, 1_568), 1, 1_512),  # one screen of a phone
        ((4032, 3024), (1_568, 1_176), 1, 1_568),
        ((2000, 300), (1_568, 235), 1, 492),  # a banner, which loses little
        ((8000, 50), (1_568, 10), 1, 21),  # a line
    ],
)
def test_an_extreme_shape_is_cut_only_where_that_makes_it_readable(
    size: tuple[int, int], shrunk: tuple[int, int], count: int, tokens: int
) -> None:
    planned = plan(size, MOST)
    parts = cut(Image.new("L", planned.size), planned.count)

    assert (planned.size, planned.count, planned.is_small) == (shrunk, count, False)
    assert len(parts) == count
    assert max(max(part.size) for part in parts) <= MAX_EDGE
    assert sum(image_tokens(*part.size) for part in parts) == pytest.approx(tokens, rel=0.03)


@pytest.mark.parametrize("length", [4_000, 20_000, 60_000])
@pytest.mark.parametrize("most", [1, 2, 8])
def test_there_are_never_more_parts_than_allowed(length: int, most: int) -> None:
    planned = plan((1_200, length), most)

    assert planned.count <= most
    assert planned.is_small == (planned.size[0] < 400)


def test_parts_follow_each_other_and_overlap_a_little() -> None:
    image = Image.new("I", (100, 4_000))
    image.putdata([row for row in range(4_000) for _ in range(100)])

    rows = [(part.getpixel((0, 0)), part.getpixel((0, part.height - 1))) for part in cut(image, 3)]

    assert (rows[0][0], rows[-1][1]) == (0, 3_999)
    for (_, last), (first, _) in itertools.pairwise(rows):
        assert OVERLAP - 2 <= last - first + 1 <= OVERLAP + 2


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_long_screenshot_is_prepared_in_parts(kind: str) -> None:
    image = Image.new("RGB", (1_000, 6_000), (0, 255, 0))
    image.paste((255, 0, 0), (0, 0, 1_000, 3_000))

    parts = prepare_parts(encoded(image, kind), "Screen/page one.png", MOST)

    assert [(part.width, part.part, part.part_count) for part in parts] == [
        (784, number, 4) for number in (1, 2, 3, 4)
    ]
    assert {part.name for part in parts} == {"page one.png"}
    assert decoded(parts[0].content).getpixel((9, 9))[0] > 240
    assert decoded(parts[3].content).getpixel((9, 9))[1] > 240
    assert all(max(part.thumbnail_width, part.thumbnail_height) == 384 for part in parts)


def test_a_turned_screenshot_is_cut_as_it_is_seen() -> None:
    exif = Image.Exif()
    exif[Base.Orientation] = 6
    content = encoded(Image.new("RGB", (6_000, 1_000)), "JPEG", exif=exif)

    parts = prepare_parts(content, "a.jpg", MOST)

    assert {(part.width, part.part_count) for part in parts} == {(784, 4)}


@pytest.mark.parametrize("kind", ["JPEG", "HEIF"])
def test_a_panorama_of_a_camera_stays_whole(kind: str) -> None:
    exif = Image.Exif()
    exif.get_ifd(IFD.Exif)[Base.ExposureTime] = 0.01
    content = encoded(Image.new("RGB", (3_200, 800), (0, 0, 255)), kind, exif=exif.tobytes())

    (image,) = prepare_parts(content, "pano.jpg", MOST)

    assert (image.width, image.height, image.part, image.remarks) == (1_568, 392, 0, ("small",))


def test_one_image_too_long_to_read_has_a_remark() -> None:
    image = prepare(encoded(Image.new("RGB", (1_080, 14_000)), "PNG"), "a.png")

    assert (image.width, image.height, image.part) == (121, 1_568, 0)
    assert image.remarks == (Remark.SMALL,)


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        ("PNG", (1_500, 33_000)),
        ("PNG", (1_080, 23_000)),
        ("WEBP", (1_000, 14_000)),
        ("AVIF", (1_500, 16_000)),
        ("HEIF", (1_600, 16_000)),
        ("JPEG", (1_500, 40_000)),
    ],
)
def test_the_largest_long_image_fits_the_memory(kind: str, size: tuple[int, int]) -> None:
    parts = prepare_parts(encoded(Image.new("RGB", size), kind), "a.png", MOST)

    assert len(parts) > 1
