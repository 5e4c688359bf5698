"""Base64 as programs write it."""

from __future__ import annotations

import base64

import pytest

from chatapp.images.data_url import decode_base64, decode_data_url

CONTENT = b"\xfb\xef\xbe\xff an image"  # has + and / in the common alphabet
PLAIN = base64.b64encode(CONTENT).decode()


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN.rstrip("="),
        base64.urlsafe_b64encode(CONTENT).decode(),
        "\r\n".join(PLAIN[place : place + 4] for place in range(0, len(PLAIN), 4)),
        f"data:image/png;base64,{PLAIN}",
        f"  data:;base64,{PLAIN}\n",
    ],
    ids=["plain", "without padding", "url-safe", "in lines", "data url", "no type"],
)
def test_every_spelling_is_read(text: str) -> None:
    assert decode_base64(text) == CONTENT


@pytest.mark.parametrize("text", ["!", "AAAAA", "Ā", "a b,c"])
def test_what_is_no_base64_is_none(text: str) -> None:
    assert decode_base64(text) is None


@pytest.mark.parametrize(
    ("url", "content"),
    [
        (f"data:image/png;base64,{PLAIN}", CONTENT),
        (f"data:image/png;base64,{PLAIN.replace('+', '%2B').replace('=', '%3D')}", CONTENT),
        ("data:text/plain,a%20b", b"a b"),
        ("data:text/plain;base64,!", None),
        ("https://example.com/a,b", None),
        (PLAIN, None),
    ],
)
def test_a_data_url_is_read(url: str, content: bytes | None) -> None:
    assert decode_data_url(url) == content
