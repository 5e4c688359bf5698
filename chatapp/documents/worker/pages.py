"""What is read of a document: pages with text, within limits."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

MAX_PAGES = 5_000
MAX_CHARACTERS = 5_000_000
PART_CHARACTERS = 4_000  # of a document without pages, about one printed page
MAX_NAME = 100
# Characters. A longer line, table or block of code is divided: a part that is larger than what a
# request has room for would keep everything after it out of the request, too.
MAX_BLOCK = 20_000
# Ends a page whose rest isn't read; the model and the person both see it.
CUT = "\n(The rest is too long to be read here.)"

CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
BLANK_LINES = re.compile(r"\n[ \t]*(?:\n[ \t]*){2,}")


class Unit(enum.StrEnum):
    """Name what a document consists of, as its author would."""

    PAGE = "page"
    SHEET = "sheet"
    SLIDE = "slide"
    CHAPTER = "chapter"
    PART = "part"  # of a text without pages


class Reason(enum.StrEnum):
    """Say why a file can't be read."""

    ENCRYPTED = "encrypted"
    OLD_OFFICE = "old_office"
    RTF = "rtf"
    TYPE = "type"
    EMPTY = "empty"
    UNREADABLE = "unreadable"
    NO_TEXT = "no_text"
    BOMB = "bomb"  # an archive that unpacks to far more than it should
    MEMORY = "memory"
    TIME = "time"
    BYTES = "bytes"
    NO_WORKER = "no_worker"


class Refused(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Page:
    """Hold one page; `name` is that of a sheet or chapter. A scanned page is an image of text."""

    text: str
    name: str = ""
    is_scanned: bool = False


@dataclass(slots=True)
class Extract:
    """Hold what was read of a document that has `count` pages in all."""

    unit: Unit
    pages: list[Page] = field(default_factory=list)
    title: str = ""
    format: str = ""  # of the file, a value of `formats.Format`
    count: int = 0

    @property
    def is_cut(self) -> bool:
        """Return whether the document has more pages than were read."""
        return self.count > len(self.pages)


def collect(unit: Unit, pages: Iterable[Page], *, count: int = 0, title: str = "") -> Extract:
    """Collect pages up to the limits.

    `count` is how many there are; with 0 they aren't known, and all pages after the limits count as
    one.
    """
    extract = Extract(unit, title=clean_name(title))
    characters = 0
    for page in pages:
        if len(extract.pages) >= MAX_PAGES or characters >= MAX_CHARACTERS:
            count = max(count, len(extract.pages) + 1)
            break
        text, room = clean(page.text), MAX_CHARACTERS - characters
        if len(text) > room:
            text = (text[: max(0, room - len(CUT))] + CUT)[:room]
        characters += len(text)
        extract.pages.append(Page(text, clean_name(page.name), page.is_scanned))
    extract.count = max(count, len(extract.pages))
    if not any(page.text or page.is_scanned for page in extract.pages):
        raise Refused(Reason.NO_TEXT)
    return extract


def parts(blocks: Iterable[str]) -> Iterator[Page]:
    """Join the blocks of a text without pages to parts of about a page, mostly at headings."""
    part: list[str] = []
    length = 0
    for block in chain.from_iterable(map(_pieces, blocks)):
        is_full = length + len(block) > PART_CHARACTERS
        begins = block.startswith("#") and length > PART_CHARACTERS / 2
        if part and (is_full or begins):
            yield Page("\n\n".join(part))
            part, length = [], 0
        part.append(block)
        length += len(block)
    if part:
        yield Page("\n\n".join(part))


def _pieces(block: str) -> Iterator[str]:
    """Divide a block that is far longer than a page, mostly after a line."""
    begin = 0
    while len(block) - begin > MAX_BLOCK:
        end = block.rfind("\n", begin, begin + MAX_BLOCK) + 1 or begin + MAX_BLOCK
        yield block[begin:end].rstrip("\n")
        begin = end
    yield block[begin:]


def clean(text: str) -> str:
    """Return a text without control characters, trailing blanks and runs of empty lines."""
    text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (line.rstrip() for line in text.split("\n"))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def clean_name(name: str) -> str:
    return " ".join(CONTROLS.sub("", name).split())[:MAX_NAME]
