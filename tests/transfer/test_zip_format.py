"""Records of zips that are too large for a test, as Python reads them."""

import io
import zipfile
from datetime import UTC, datetime

import pytest

from chatapp.transfer.archive.zip_format import (
    DEFLATED,
    LIMIT_32,
    STORED,
    Entry,
    TooLarge,
    central_header,
    descriptor,
    end,
    local_header,
)

AT = datetime(2026, 11, 30, 12, 34, 56, tzinfo=UTC)
FAR = LIMIT_32 + 5


class Behind(io.BytesIO):
    """The end of a file whose first `FAR` bytes nobody reads."""

    def seek(self, offset: int, whence: int = 0) -> int:
        return super().seek(offset - FAR if whence == 0 else offset, whence) + FAR

    def tell(self) -> int:
        return super().tell() + FAR


def test_a_zip_may_have_more_than_four_gigabytes() -> None:
    entry = Entry("images/é.png", FAR, STORED, 7, 1_000, 1_000)
    directory = central_header(entry, AT)
    stored = local_header(entry, AT)
    file = Behind(stored + directory + end(1, FAR + len(stored), len(directory)))

    (found,) = zipfile.ZipFile(file).infolist()
    assert (found.filename, found.header_offset, found.file_size) == ("images/é.png", FAR, 1_000)
    assert found.date_time == (2026, 11, 30, 12, 34, 56)


def test_a_zip_may_have_more_than_65535_files() -> None:
    count = 70_000
    lines = [central_header(Entry(f"{n}", 0, STORED), AT) for n in range(count)]
    directory = b"".join(lines)
    file = io.BytesIO(directory + end(count, 0, len(directory)))

    assert len(zipfile.ZipFile(file).namelist()) == count


def test_a_file_of_four_gigabytes_is_refused() -> None:
    with pytest.raises(TooLarge):
        descriptor(Entry("a", 0, DEFLATED, size=LIMIT_32))
