"""Read an uploaded export: a zip or a JSON file, which anybody may have made.

Nothing is unpacked to a disk and no name of an entry becomes a path. Sizes are counted on the bytes
that arrive, because a zip may lie about them.
"""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, NamedTuple, cast

MEGABYTE = 1_000_000
MAX_ENTRIES = 50_000
MAX_DIRECTORY_BYTES = 25 * MEGABYTE  # of the list of entries, which is read as a whole
MAX_ENTRY_BYTES = 1_000 * MEGABYTE
MAX_TOTAL_BYTES = 8_000 * MEGABYTE
MAX_RATIO = 200  # of an entry's bytes to its compressed bytes
FREE_BYTES = 10 * MEGABYTE  # of an entry, for which no ratio counts
# A file that holds conversations, by the last part of its name.
SHARD = re.compile(
    r"^conversations(?:[-_ ]?(?:part[-_ ]?)?\d+)?(?: \(\d+\))?\.json$", re.IGNORECASE
)
FAILURES = (
    *(zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError),
    *(RuntimeError, OSError, ValueError, OverflowError),
)


class ArchiveRefused(Exception):
    """The file isn't read at all. `reason` is a key for the sentence that explains it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Entry(NamedTuple):
    """A file in an archive."""

    number: int
    name: str
    size: int  # bytes, as the archive says

    @property
    def short_name(self) -> str:
        return re.split(r"[/\\]", self.name)[-1]

    @property
    def stem(self) -> str:
        return self.short_name.rpartition(".")[0] or self.short_name


class Archive:
    """The files of an upload; a JSON file is an archive with one entry."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises ArchiveRefused for a file that is neither, and for one with too many entries."""
        self._file = file
        self._total = 0
        self._zip = _zip(file)
        self.entries = _entries(self._zip) if self._zip else [Entry(0, "conversations.json", 0)]

    @property
    def shards(self) -> list[Entry]:
        """Return the entries that may hold conversations, in their order: those with the usual
        names, or else every JSON file."""
        named = [entry for entry in self.entries if SHARD.match(entry.short_name)]
        found = named or [each for each in self.entries if each.name.lower().endswith(".json")]
        return sorted(
            found, key=lambda entry: [*map(_natural, re.split(r"(\d+)", entry.short_name))]
        )

    @property
    def inner_archives(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.name.lower().endswith(".zip")]

    @contextmanager
    def open(self, entry: Entry) -> Iterator[BinaryIO]:
        """Open an entry. Reading it raises ArchiveRefused if it is broken or too large."""
        if self._zip is None:
            self._file.seek(0)
            yield self._file
            return
        info = self._zip.infolist()[entry.number]
        try:
            with self._zip.open(info) as packed:
                yield io.BufferedReader(_Bounded(packed, info.compress_size, self))
        except ArchiveRefused:
            raise
        except FAILURES as error:
            raise ArchiveRefused(_reason(error)) from error

    def count(self, size: int) -> None:
        """Count bytes that were unpacked. Raises ArchiveRefused above the total limit."""
        self._total += size
        if self._total > MAX_TOTAL_BYTES:
            raise ArchiveRefused("too_large")


class _Bounded(io.RawIOBase):
    """An entry whose bytes are counted while they are unpacked."""

    def __init__(self, packed: IO[bytes], compressed: int, archive: Archive) -> None:
        self._packed = packed
        self._most = min(MAX_ENTRY_BYTES, max(FREE_BYTES, compressed * MAX_RATIO))
        self._count = 0
        self._archive = archive

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast("bytearray", buffer))
        block = self._packed.read(len(target))
        self._count += len(block)
        self._archive.count(len(block))
        if self._count > self._most:
            raise ArchiveRefused("bomb")
        target[: len(block)] = block
        return len(block)


def _zip(file: BinaryIO) -> zipfile.ZipFile | None:
    file.seek(0)
    if file.read(2) != b"PK":
        return None
    try:
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            raise ArchiveRefused("too_many_entries")
        return zipfile.ZipFile(file)
    except FAILURES as error:
        raise ArchiveRefused("broken_zip") from error


def _directory_bytes(file: BinaryIO) -> int:
    """Return the size of the list of entries (APPNOTE.TXT 4.3.14 to 4.3.16), before it is read."""
    end = file.seek(0, io.SEEK_END)
    file.seek(max(0, end - 65_557))
    tail = file.read()
    record = tail.rfind(b"PK\5\6")
    if record < 0:
        raise zipfile.BadZipFile
    size: int = struct.unpack_from("<L", tail, record + 12)[0]
    long_record = tail.rfind(b"PK\6\6", 0, record)
    if size == 0xFFFFFFFF or long_record >= 0:
        size = struct.unpack_from("<Q", tail, long_record + 40)[0]
    return size


def _entries(archive: zipfile.ZipFile) -> list[Entry]:
    infos = archive.infolist()
    if len(infos) > MAX_ENTRIES:
        raise ArchiveRefused("too_many_entries")
    return [
        Entry(number, info.filename, info.file_size)
        for number, info in enumerate(infos)
        if not info.is_dir()
    ]


def _reason(error: Exception) -> str:
    is_encrypted = isinstance(error, RuntimeError) and "password" in str(error)
    return "encrypted" if is_encrypted else "broken_zip"


def _natural(part: str) -> tuple[int, str]:
    return (int(part), "") if part.isdecimal() and len(part) < 10 else (0, part)
