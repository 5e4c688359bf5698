"""Recognise an answer that isn't a stream: some servers ignore that a request asks for one."""

from __future__ import annotations

import json

MAX_START = 4_096  # bytes that are looked at
DONE = b"data: [DONE]\n\n"
# No stream of events begins so: a line with one of these would be a field that nobody knows.
DOCUMENT_STARTS = (b"{", b"[", b'"', b"<")


def is_document(body: bytes | bytearray, media_type: str) -> bool | None:
    """Return whether a body, as far as it has arrived, is JSON or a web page and not a stream.

    None while only blanks have arrived and it may be either. The bytes decide, since servers send
    streams with the media type of JSON and the other way round. A web page may begin with any text.
    """
    begun = bytes(body[:MAX_START]).removeprefix(b"\xef\xbb\xbf").lstrip()
    if media_type == "text/html":
        return True
    if begun:
        return begun.startswith(DOCUMENT_STARTS)
    return True if media_type == "application/json" else None


def as_stream(body: bytes) -> bytes | None:
    """Return a whole chat completion as the stream that it would have been, else None."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not (isinstance(value, dict) and isinstance(value.get("choices"), list)):
        return None
    if not value["choices"] or value.get("error"):
        return None
    return b"data: " + json.dumps(value).encode() + b"\n\n" + DONE
