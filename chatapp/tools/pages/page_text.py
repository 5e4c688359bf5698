"""Return the text of fetched content, or explain why it has none."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from django.utils.translation import gettext

from chatapp.fetching import Fetched
from chatapp.tools.tool import ToolFailed
from chatapp.tools.untrusted import plain_line

from .charset import decode
from .extraction import Extract, extract

HTML = ("text/html", "application/xhtml+xml")
TEXT = (
    "application/json",
    "application/xml",
    "application/yaml",
    "application/x-yaml",
    "application/toml",
    "application/javascript",
)
PDF = "application/pdf"
UNRELIABLE = ("", "application/octet-stream", "text/plain")  # sites send anything under these types
LOOKS_LIKE_HTML = rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html\b)"
BEGINNING = 1024  # bytes by which HTML, PDF and binary content are recognized


async def text_of(fetched: Fetched, *, links: bool, most: int) -> Extract:
    """Return at most `most` characters of text. Raises ToolFailed for content without text."""
    kind = _kind(fetched)
    if kind in HTML:
        return await extract(
            fetched.content, fetched.content_type, fetched.final_url, links=links, most=most
        )
    if not _is_text(kind):
        raise ToolFailed(_refusal(kind))
    text = decode(fetched.content, fetched.content_type)
    return Extract("", text[:most], len(text))


def _kind(fetched: Fetched) -> str:
    """Return the media type that the site declares, or the one that the content looks like."""
    declared = fetched.content_type.partition(";")[0].strip().lower()
    beginning = fetched.content[:BEGINNING].lower()
    if beginning.startswith(b"%pdf-"):
        return PDF
    if declared in UNRELIABLE and re.match(LOOKS_LIKE_HTML, beginning):
        return "text/html"
    if declared in UNRELIABLE:
        return "application/octet-stream" if _is_binary(beginning) else "text/plain"
    return declared


def _is_text(kind: str) -> bool:
    is_written = kind.startswith("text/") or kind.endswith(("+json", "+xml"))
    return kind in TEXT or (is_written and not kind.startswith("image/"))


def _is_binary(content: bytes) -> bool:
    # UTF-16 is full of NUL too, but begins with a byte order mark.
    return b"\x00" in content and not content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))


def _refusal(kind: str) -> str:
    if kind == PDF:
        return gettext("This link leads to a PDF, which can't be read here.")
    if kind.startswith("image/"):
        return gettext("This link leads to an image. A person can attach it to a message.")
    return gettext("This link doesn't lead to text (%(kind)s).") % {"kind": plain_line(kind)}
