"""Bytes to text as browsers do it."""

from __future__ import annotations

import time

import pytest

from chatapp.tools.pages.charset import decode

CASES = {
    "said by the site": ("Grüße".encode("cp1252"), "text/html; charset=ISO-8859-1", "Grüße"),
    "in quotes": ("Grüße".encode(), 'text/html; charset="utf-8"', "Grüße"),
    "the site before the page": (b"<meta charset=koi8-r>\xc3\xbc", "text/html; charset=utf-8", "ü"),
    "said by the page": ('<meta charset="koi8-r">Да'.encode("koi8-r"), "text/html", "Да"),
    "said in the old way": (
        "<META http-equiv=Content-Type content='text/html; charset=Shift_JIS'>日本".encode("cp932"),
        "text/html",
        "日本",
    ),
    "Chinese under an older name": ("<meta charset=gb2312>镕".encode("gb18030"), "", "镕"),
    "Korean": ("한국어".encode("cp949"), "text/plain; charset=euc-kr", "한국어"),
    "Windows' own quotes": (b"\x93hi\x94", "text/plain; charset=iso-8859-1", "“hi”"),
    "nothing said, UTF-8": ("Grüße".encode(), "text/html", "Grüße"),
    "nothing said, not UTF-8": ("Grüße".encode("cp1252"), "text/html", "Grüße"),
    "a mark": ("Grüße".encode("utf-8-sig"), "text/html; charset=iso-8859-1", "Grüße"),
    "a mark of UTF-16": ("Grüße".encode("utf-16"), "text/html", "Grüße"),
    "UTF-16 as the site says": (
        "Grüße".encode("utf-16-le"),
        "text/plain;charset=utf-16le",
        "Grüße",
    ),
    "a page that thinks it is UTF-16": (b"<meta charset=utf-16>\xc3\xbc", "", "ü"),
    "an unknown one": ("Grüße".encode(), "text/html; charset=klingon", "Grüße"),
    "what does not fit": (b"a\xffb", "text/html; charset=utf-8", "a\ufffdb"),
    "nothing": (b"", "", ""),
}


@pytest.mark.parametrize("case", CASES)
def test_the_first_declaration_decides(case: str) -> None:
    content, content_type, text = CASES[case]

    assert decode(content, content_type).endswith(text)


@pytest.mark.parametrize(
    "name",
    ["zlib", "bz2", "hex", "rot13", "base64", "idna", "punycode", "unicode_escape", "utf-7"],
)
def test_other_codecs_of_python_are_not_charsets(name: str) -> None:
    content = b"x\x9c\\u0041+AGE-"

    assert decode(content, f"text/html; charset={name}") == decode(content, "")
    assert decode(content + f"<meta charset={name}>".encode(), "").startswith("xœ\\u0041+AGE-")


def test_the_charset_is_read_from_the_beginning_of_a_page() -> None:
    late = b" " * 5_000 + b"<meta charset=koi8-r>\xc3\xbc"

    assert decode(late, "text/html").endswith("ü")


@pytest.mark.parametrize("unit", [b"<meta ", b"<meta charset", b"charset=", b"<meta charset= "])
def test_looking_for_it_takes_no_time(unit: bytes) -> None:
    begun = time.process_time()

    decode(unit * 300_000, "charset=" * 10_000)

    assert time.process_time() - begun < 1  # seconds; measured 0.01
