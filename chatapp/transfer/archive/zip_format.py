"""The records of a zip, byte for byte (APPNOTE 6.3.10), so that a zip can be continued anywhere.

Libraries write a zip in one go. Here any process continues it from a cursor, and a download begins
anywhere in it, so that each byte follows from what is stored.
"""

import struct
from dataclasses import dataclass
from datetime import datetime

STORED, DEFLATED = 0, 8
UTF8 = 0x0800
SIZES_FOLLOW = 0x0008  # sizes and checksum come behind the content, when they are known
VERSION, VERSION_64 = 20, 45
MADE_BY_UNIX = 3 << 8
MODE = 0o100644 << 16
LIMIT_16, LIMIT_32 = 0xFFFF, 0xFFFFFFFF

_LOCAL = struct.Struct("<4sHHHHHLLLHH")
_DESCRIPTOR = struct.Struct("<4sLLL")
_CENTRAL = struct.Struct("<4sHHHHHHLLLHHHHHLL")
_EXTRA_64 = struct.Struct("<HHQ")
_END_64 = struct.Struct("<4sQHHLLQQQQ")
_LOCATOR_64 = struct.Struct("<4sLQL")
_END = struct.Struct("<4sHHHHLLH")


class TooLarge(Exception):
    """Report a file of 4 GB or more, which these records can't describe."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in the zip, at `offset` from its beginning; all sizes in bytes."""

    name: str
    offset: int
    method: int
    crc: int = 0
    compressed: int = 0
    size: int = 0


def local_header(entry: Entry, at: datetime) -> bytes:
    """Return what comes before the content; a deflated entry has its sizes behind it."""
    is_known = entry.method == STORED
    flags = UTF8 if is_known else UTF8 | SIZES_FOLLOW
    facts = (entry.crc, entry.compressed, entry.size) if is_known else (0, 0, 0)
    name = entry.name.encode()
    time, date = _dos(at)
    fields = (VERSION, flags, entry.method, time, date, *facts, len(name), 0)
    return _LOCAL.pack(b"PK\x03\x04", *fields) + name


def descriptor(entry: Entry) -> bytes:
    """Return what comes behind the content of a deflated entry. Raises TooLarge."""
    if max(entry.compressed, entry.size) >= LIMIT_32:
        raise TooLarge(entry.name)
    return _DESCRIPTOR.pack(b"PK\x07\x08", entry.crc, entry.compressed, entry.size)


def central_header(entry: Entry, at: datetime) -> bytes:
    """Return the entry's line in the directory at the end of the zip."""
    is_far = entry.offset >= LIMIT_32
    extra = _EXTRA_64.pack(1, 8, entry.offset) if is_far else b""
    flags = UTF8 if entry.method == STORED else UTF8 | SIZES_FOLLOW
    version = VERSION_64 if is_far else VERSION
    name = entry.name.encode()
    time, date = _dos(at)
    return (
        _CENTRAL.pack(
            b"PK\x01\x02",
            *(MADE_BY_UNIX | version, version, flags, entry.method, time, date),
            *(entry.crc, entry.compressed, entry.size, len(name), len(extra), 0, 0, 0, MODE),
            min(entry.offset, LIMIT_32),
        )
        + name
        + extra
    )


def end(count: int, offset: int, size: int) -> bytes:
    """Return the end of the zip, behind a directory of `size` bytes that begins at `offset`."""
    closing = _END.pack(
        *(b"PK\x05\x06", 0, 0, min(count, LIMIT_16), min(count, LIMIT_16)),
        *(min(size, LIMIT_32), min(offset, LIMIT_32), 0),
    )
    if count < LIMIT_16 and offset + size < LIMIT_32:
        return closing
    versions = (MADE_BY_UNIX | VERSION_64, VERSION_64)
    large = _END_64.pack(b"PK\x06\x06", 44, *versions, 0, 0, count, count, size, offset)
    return large + _LOCATOR_64.pack(b"PK\x06\x07", 0, offset + size, 1) + closing


def _dos(at: datetime) -> tuple[int, int]:
    """Return time and date as MS-DOS had them, which knows no time zones."""
    time = at.hour << 11 | at.minute << 5 | at.second // 2
    return time, (at.year - 1980) << 9 | at.month << 5 | at.day
