"""From what a link leads to, to its text, or to a sentence about what it is instead."""

from __future__ import annotations

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE

from django.utils.translation import gettext

from chatapp.fetching import Fetched
from chatapp.tools.outside import plain_line
from chatapp.tools.tool import ToolFailed

from .charset import decoded
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
UNSAID = ("", "application/octet-stream", "text/plain")  # sites say so of anything
LOOKS_LIKE_HTML = rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype html|<html\b)"
BEGINNING = 1024  # bytes by which HTML, a PDF and what is no text are known


async def text_of(fetched: Fetched, *, links: bool, most: int) -> Extract:
    """At most `most` characters. Raises ToolFailed for what has no text."""
    kind = _kind(fetched)
    if kind in HTML:
        return await extract(
            fetched.content, fetched.content_type, fetched.final_url, links=links, most=most
        )
    if not _is_text(kind):
        raise ToolFailed(_refusal(kind))
    text = decoded(fetched.content, fetched.content_type)
    return Extract("", text[:most], len(text))


def _kind(fetched: Fetched) -> str:
    """The media type, as the site says or else as it looks."""
    said = fetched.content_type.partition(";")[0].strip().lower()
    beginning = fetched.content[:BEGINNING].lower()
    if beginning.startswith(b"%pdf-"):
        return PDF
    if said in UNSAID and re.match(LOOKS_LIKE_HTML, beginning):
        return "text/html"
    if said in UNSAID:
        return "application/octet-stream" if _is_binary(beginning) else "text/plain"
    return said


def _is_text(kind: str) -> bool:
    is_written = kind.startswith("text/") or kind.endswith(("+json", "+xml"))
    return kind in TEXT or (is_written and not kind.startswith("image/"))


def _is_binary(content: bytes) -> bool:
    # UTF-16 is full of NUL too, and says so.
    return b"\x00" in content and not content.startswith((BOM_UTF16_LE, BOM_UTF16_BE))


def _refusal(kind: str) -> str:
    if kind == PDF:
        return gettext("This link leads to a PDF, which can't be read here.")
    if kind.startswith("image/"):
        return gettext("This link leads to an image. A person can attach it to a message.")
    return gettext("This link leads to something that is no text (%(kind)s).") % {
        "kind": plain_line(kind)
    }
