"""What a part of a long image is called."""

import pytest

from chatapp.images.shown_image import part_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("page one.png", "page one, part 2 of 4.png"),
        ("page", "page, part 2 of 4"),
        (".png", ".png, part 2 of 4"),
        ("v1.2 of a page without an ending", "v1.2 of a page without an ending, part 2 of 4"),
    ],
)
def test_the_ending_stays_at_the_end(name: str, shown: str) -> None:
    assert part_name(name, 2, 4) == shown
    assert part_name(name, 0, 0) == name
