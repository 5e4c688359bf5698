"""Read image data in the spellings of base64 that programs write."""

from __future__ import annotations

import base64
import binascii
import re
from urllib.parse import unquote_to_bytes

# RFC 2397; the parameters are optional, and many programs leave out even the type.
DATA_URL = re.compile(r"\s*data:(?P<head>[^,\"'<>\s]{0,200}),", re.IGNORECASE)
_URL_SAFE = str.maketrans("-_", "+/")


def decode_base64(text: str) -> bytes | None:
    """Return the bytes of base64, with or without a `data:` prefix, None if it is none.

    Takes both alphabets (RFC 4648, sections 4 and 5), line breaks, and missing padding.
    """
    head = DATA_URL.match(text)
    body = text[head.end() :] if head else text
    bare = "".join(body.split()).rstrip("=").translate(_URL_SAFE)
    try:
        return base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None


def decode_data_url(url: str) -> bytes | None:
    """Return the bytes of a `data:` URL, base64 or percent-encoded, None for any other text."""
    head = DATA_URL.match(url)
    if not head:
        return None
    if head["head"].lower().endswith(";base64"):
        return decode_base64(unquote_to_bytes(url[head.end() :]).decode("latin-1"))
    return unquote_to_bytes(url[head.end() :])
