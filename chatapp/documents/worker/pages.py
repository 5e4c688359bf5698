"""What is read of a document: pages with text, within limits."""

from __future__ import annotations

import enum
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MAX_PAGES = 5_000
MAX_CHARACTERS = 5_000_000
PART_CHARACTERS = 4_000  # of a document without pages, about one printed page
MAX_NAME = 100
MAX_LINE = 20_000  # characters; a longer line is folded, so that no page is larger than a few lines

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
    """Hold what was read. With `is_cut` the document has more, `count` pages in all."""

    unit: Unit
    pages: list[Page] = field(default_factory=list)
    title: str = ""
    format: str = ""  # of the file, a value of `formats.Format`
    count: int = 0
    is_cut: bool = False


def collect(unit: Unit, pages: Iterable[Page], *, count: int = 0, title: str = "") -> Extract:
    """Collect pages up to the limits. `count` is how many there are, 0 for as many as come."""
    extract = Extract(unit, title=clean_name(title))
    characters = 0
    for page in pages:
        if len(extract.pages) >= MAX_PAGES or characters >= MAX_CHARACTERS:
            extract.is_cut = True
            break
        text = clean(page.text)[: MAX_CHARACTERS - characters]
        characters += len(text)
        extract.pages.append(Page(text, clean_name(page.name), page.is_scanned))
    extract.count = max(count, len(extract.pages))
    extract.is_cut = extract.is_cut or extract.count > len(extract.pages)
    if not any(page.text or page.is_scanned for page in extract.pages):
        raise Refused(Reason.NO_TEXT)
    return extract


def parts(blocks: Iterable[str]) -> Iterator[Page]:
    """Join the blocks of a text without pages to parts of about a page, mostly at headings."""
    part: list[str] = []
    length = 0
    for block in blocks:
        is_full = length + len(block) > PART_CHARACTERS
        begins = block.startswith("#") and length > PART_CHARACTERS / 2
        if part and (is_full or begins):
            yield Page("\n\n".join(part))
            part, length = [], 0
        part.append(block)
        length += len(block)
    if part:
        yield Page("\n\n".join(part))


def clean(text: str) -> str:
    """Return a text without control characters, trailing blanks and runs of empty lines."""
    text = CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (line.rstrip() for line in text.split("\n"))
    return BLANK_LINES.sub("\n\n", "\n".join(lines)).strip("\n")


def clean_name(name: str) -> str:
    return " ".join(CONTROLS.sub("", name).split())[:MAX_NAME]
