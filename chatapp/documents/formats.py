"""Recognise a file by its content; its name is only what somebody called it."""

from __future__ import annotations

import codecs
import enum
import io
import zipfile
from collections.abc import Iterable

HEAD_BYTES = 4096
OLE = bytes.fromhex("d0cf11e0a1b11ae1")  # Office files before 2007, and encrypted newer ones
ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
# What a zip archive with one of these entries is.
MAIN_ENTRIES = {
    "word/document.xml": "docx",
    "xl/workbook.xml": "xlsx",
    "xl/workbook.bin": "xlsx",
    "ppt/presentation.xml": "pptx",
    "META-INF/container.xml": "epub",
}
# The main streams of Office files before 2007.
OLD_TEXTS_AND_SLIDES = ("WordDocument", "PowerPoint Document")
OLD_TABLES = ("Workbook", "Book")
OPEN_DOCUMENTS = {
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/epub+zip": "epub",
}
MAX_CONTROLS = 0.02  # of the first bytes of a text; binary files have far more
CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v\b\x1b"))


class Format(enum.StrEnum):
    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    ODS = "ods"
    XLS = "xls"
    PPTX = "pptx"
    EPUB = "epub"
    HTML = "html"
    TEXT = "text"  # Markdown, tables as text, source code, data, logs


class Unknown(enum.StrEnum):
    """Say why a file can't be read, as far as its content shows."""

    ENCRYPTED = "encrypted"
    OLD_OFFICE = "old_office"
    RTF = "rtf"
    TYPE = "type"
    EMPTY = "empty"


def detect(content: bytes) -> Format | Unknown:
    """Return the format of a file, or why it isn't one that can be read."""
    if not content.strip():
        return Unknown.EMPTY
    head = content[:HEAD_BYTES]
    if b"%PDF-" in head[:1024]:  # readers accept some bytes before it
        return Format.PDF
    if head.startswith(b"PK\x03\x04"):
        return _in_archive(content)
    if head.startswith(OLE):
        return _in_ole(content)
    if head.startswith(b"{\\rtf"):
        return Unknown.RTF
    if not _is_text(head):
        return Unknown.TYPE
    return Format.HTML if _is_html(head) else Format.TEXT


def _in_archive(content: bytes) -> Format | Unknown:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = set(archive.namelist())
            for name, kind in MAIN_ENTRIES.items():
                if name in names:
                    return Format(kind)
            if "mimetype" in names and archive.getinfo("mimetype").file_size < HEAD_BYTES:
                kind = OPEN_DOCUMENTS.get(archive.read("mimetype").strip(), "")
                return Format(kind) if kind else Unknown.TYPE
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError):
        pass  # it only begins like an archive
    return Unknown.TYPE


def _in_ole(content: bytes) -> Format | Unknown:
    if ENCRYPTED_PACKAGE in content:
        return Unknown.ENCRYPTED
    # Texts and slides first: the tables and charts in them have a stream of tables too.
    is_table = not _has_stream(content, OLD_TEXTS_AND_SLIDES) and _has_stream(content, OLD_TABLES)
    return Format.XLS if is_table else Unknown.OLD_OFFICE


def _has_stream(content: bytes, names: Iterable[str]) -> bool:
    """Return whether the directory has one of these names, each of which ends with a zero."""
    return any(f"{name}\0".encode("utf-16-le") in content for name in names)


def _is_text(head: bytes) -> bool:
    if head.startswith(BYTE_ORDER_MARKS):
        return True
    if b"\0" in head:
        return looks_like_utf16(head)
    return len(head) - len(head.translate(None, CONTROLS)) <= MAX_CONTROLS * len(head)


def looks_like_utf16(head: bytes) -> bool:
    """Return whether every other byte is NUL, as in UTF-16 of Latin text without its mark."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    return max(even, odd) > 0.7 * half and min(even, odd) < 0.05 * half


def _is_html(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or b"<html" in start[:1024]
