"""Read entries of a zip archive that a stranger made: within limits, and XML without a DTD."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from types import TracebackType
from typing import Self

from lxml import etree

from .pages import Reason, Refused

MAX_ENTRIES = 10_000
MAX_UNPACKED = 150 * 1024 * 1024  # bytes of all entries together
MAX_ENTRY = 64 * 1024 * 1024
MAX_RATIO = 200  # unpacked to packed, of an entry above MIN_SUSPICIOUS; XML reaches 50
MIN_SUSPICIOUS = 1024 * 1024
ENCRYPTED_FLAG = 0x1
PROLOG_BYTES = 64 * 1024
DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
XML = (".xml", ".rels", ".xhtml", ".html", ".htm", ".opf", ".ncx")

PARSER = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
)

DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    NotImplementedError,
    UnicodeError,
    ValueError,
)


class Archive:
    """A zip archive in memory. Raises Refused for one that is encrypted, damaged or a bomb."""

    def __init__(self, content: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except DAMAGED as error:
            raise Refused(Reason.UNREADABLE) from error
        self._check()
        self.names = frozenset(self._zip.namelist())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._zip.close()

    def read(self, name: str) -> bytes:
        """Return one entry. Raises Refused, and KeyError for a missing one."""
        try:
            with self._zip.open(name) as entry:
                data = entry.read(MAX_ENTRY + 1)
        except RuntimeError as error:  # encrypted
            raise Refused(Reason.ENCRYPTED) from error
        except DAMAGED as error:
            raise Refused(Reason.UNREADABLE) from error
        if len(data) > MAX_ENTRY:
            raise Refused(Reason.BOMB)
        return data

    def xml(self, name: str) -> etree._Element:
        """Return the root of an XML entry. Raises as `read`."""
        data = self.read(name)
        refuse_dtd(data)
        try:
            root = etree.fromstring(data, PARSER)
        except etree.XMLSyntaxError as error:
            raise Refused(Reason.UNREADABLE) from error
        if root is None:
            raise Refused(Reason.UNREADABLE)
        return root

    def refuse_dtds(self) -> None:
        """Check every XML entry, for a library that parses them itself."""
        for name in self.names:
            if name.lower().endswith(XML):
                refuse_dtd(self._head(name))

    def _head(self, name: str) -> bytes:
        try:
            with self._zip.open(name) as entry:
                return entry.read(PROLOG_BYTES)
        except RuntimeError as error:
            raise Refused(Reason.ENCRYPTED) from error
        except DAMAGED as error:
            raise Refused(Reason.UNREADABLE) from error

    def _check(self) -> None:
        """Refuse by what the directory says; `read` holds the entries to it."""
        entries = self._zip.infolist()
        if len(entries) > MAX_ENTRIES or sum(each.file_size for each in entries) > MAX_UNPACKED:
            raise Refused(Reason.BOMB)
        for entry in entries:
            if entry.flag_bits & ENCRYPTED_FLAG:
                raise Refused(Reason.ENCRYPTED)
            is_large = entry.file_size > MIN_SUSPICIOUS
            if is_large and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
                raise Refused(Reason.BOMB)


def refuse_dtd(data: bytes) -> None:
    """Refuse XML with a document type: Office files have none, and entities come with one.

    XML in UTF-16 is searched with its NULs removed, so that it can't hide one.
    """
    if DOCTYPE.search(data[:PROLOG_BYTES].replace(b"\0", b"")):
        raise Refused(Reason.UNREADABLE)
