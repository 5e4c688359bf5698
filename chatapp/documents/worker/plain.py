"""Read text of any kind in any encoding: source code, logs, tables, Markdown."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from charset_normalizer import from_bytes

from chatapp.documents.formats import HEAD_BYTES, looks_like_utf16

from .pages import MAX_BLOCK, MAX_CHARACTERS, PART_CHARACTERS, Extract, Page, Unit, collect

SAMPLE = 64 * 1024  # bytes that decide about the encoding
MAX_READ = MAX_CHARACTERS + 2 * MAX_BLOCK  # enough to know that there is more
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before UTF-16, whose mark it begins with
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def read(content: bytes) -> Extract:
    """Return the text in parts that end with a line. Raises Refused."""
    text = decode(content)
    # What is cut off anyway takes no memory.
    extract = collect(Unit.PART, _parts(text[:MAX_READ]))
    if len(text) > MAX_READ and not extract.is_cut:  # the ends of its lines were left out
        extract.count += 1
    return extract


def decode(content: bytes) -> str:
    """Return the text: by its mark, as UTF-8, or in the encoding that it looks like."""
    for mark, codec in MARKS.items():
        if content.startswith(mark):
            return content.decode(codec, "replace")
    if looks_like_utf16(content[:HEAD_BYTES]):
        is_little = content[1:SAMPLE:2].count(0) > content[0:SAMPLE:2].count(0)
        return content.decode("utf-16-le" if is_little else "utf-16-be", "replace")
    try:
        return content.decode()
    except UnicodeDecodeError:
        guess = from_bytes(content[:SAMPLE]).best()
        return content.decode(guess.encoding if guess else "cp1252", "replace")


def _parts(text: str) -> Iterator[Page]:
    part: list[str] = []
    length = 0
    for line in text.splitlines():
        for begin in range(0, max(len(line), 1), MAX_BLOCK):
            piece = line[begin : begin + MAX_BLOCK]
            if part and length + len(piece) > PART_CHARACTERS:
                yield Page("\n".join(part))
                part, length = [], 0
            part.append(piece)
            length += len(piece) + 1
    if part:
        yield Page("\n".join(part))
