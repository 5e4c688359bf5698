"""Any title becomes the name of a file that every system takes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.server.file_names import MAX_NAME_BYTES, attachment_header, file_name


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Plans for 2027", "Plans for 2027.md"),
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("a\r\nSet-Cookie: x=1", "a Set-Cookie- x=1.md"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.md"),
        ("", "file.md"),
        ("...", "file.md"),
        ("CON", "_CON.md"),
        ("com1.txt", "_com1.txt.md"),
        ("Familie 👨‍👩‍👧", "Familie 👨‍👩‍👧.md"),
        ("дом и 家", "дом и 家.md"),
        ("é" * 200, "é" * (MAX_NAME_BYTES // 2) + ".md"),
    ],
)
def test_a_title_becomes_a_name(title: str, name: str) -> None:
    assert file_name(title, "md") == name


@given(st.text())
def test_no_title_leaves_its_header_or_folder(title: str) -> None:
    name, header = file_name(title, "zip"), attachment_header(title, "zip")

    assert name.endswith(".zip")
    assert len(name.encode(errors="replace")) <= MAX_NAME_BYTES + len("_.zip")
    assert not set('/\\:"<>|?*\r\n\0') & set(name)
    assert header.startswith("attachment; filename")
    assert header.isascii()
    assert header.isprintable()
