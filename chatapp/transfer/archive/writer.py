"""Write a zip as parts, from where the cursor of its job says.

A file may be continued by another process: at the end of each step its deflated data is flushed so
that a new compressor may follow, as the programs do that compress in several threads.
"""

import zlib
from dataclasses import replace
from datetime import datetime
from typing import Any

from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.jobs.models import Job
from chatapp.transfer.archive.zip_format import (
    DEFLATED,
    STORED,
    Entry,
    central_header,
    descriptor,
    local_header,
)
from chatapp.transfer.models import ArchivePart

RAW = -15  # window bits of deflated data without a header of its own


class ArchiveWriter:
    """Collect what one step adds to a zip.

    `at` is the time of all its files. `written` counts the bytes that were given, before they are
    compressed.
    """

    def __init__(self, job: Job) -> None:
        position: dict[str, Any] = job.cursor.get("zip") or {}
        entry = position.get("entry")
        self._at: datetime = job.created_at
        self._job = job
        self._part: int = position.get("part", 0)
        self._offset: int = position.get("offset", 0)
        self._count: int = position.get("count", 0)
        self._directory_size: int = position.get("directory", 0)
        self._entry = Entry(**entry) if entry else None
        self._compressor = zlib.compressobj(wbits=RAW)
        self._is_flushed = True
        self._content, self._directory = bytearray(), bytearray()
        self._parts: list[ArchivePart] = []
        self.written = 0

    @property
    def is_open(self) -> bool:
        """Return whether a file was begun and not ended."""
        return self._entry is not None

    @property
    def size_of_file(self) -> int:
        return self._entry.size if self._entry else 0

    def begin(self, name: str) -> None:
        self._entry = Entry(name, self._next_offset, DEFLATED)
        self._compressor = zlib.compressobj(wbits=RAW)
        self._content += local_header(self._entry, self._at)

    def write(self, data: bytes) -> None:
        """Add to the file that is open."""
        assert self._entry
        crc = zlib.crc32(data, self._entry.crc)
        self._entry = replace(self._entry, crc=crc, size=self._entry.size + len(data))
        self.written += len(data)
        self._is_flushed = False
        self._add(self._compressor.compress(data))

    def end(self) -> None:
        """End the file that is open. Raises TooLarge."""
        assert self._entry
        self._add(self._compressor.flush(zlib.Z_FINISH))
        self._is_flushed = True
        self._content += descriptor(self._entry)
        self._list(self._entry)
        self._entry = None

    def add(self, name: str, data: bytes) -> None:
        self.begin(name)
        self.write(data)
        self.end()

    def add_stored(self, name: str, file: Image | Document, content: bytes) -> None:
        """Add a file whose bytes stay where the image or the document is stored."""
        size, crc = len(content), zlib.crc32(content)
        entry = Entry(name, self._next_offset, STORED, crc, size, size)
        self._content += local_header(entry, self._at)
        self._list(entry)
        self.written += size
        self._end_part(file, size)

    def save(self) -> None:
        """Write the parts, and put the position into the cursor; call it in `job.saving`."""
        if self._entry and not self._is_flushed:
            self._add(self._compressor.flush(zlib.Z_FULL_FLUSH))
        if self._content or self._directory:
            self._end_part(None, 0)
        ArchivePart.objects.bulk_create(self._parts)
        self._job.cursor["zip"] = self.position

    @property
    def position(self) -> dict[str, Any]:
        entry = self._entry
        names = Entry.__slots__
        return {
            "part": self._part,
            "offset": self._offset,
            "count": self._count,
            "directory": self._directory_size,
            "entry": {name: getattr(entry, name) for name in names} if entry else None,
        }

    @property
    def _next_offset(self) -> int:
        return self._offset + len(self._content)

    def _add(self, deflated: bytes) -> None:
        assert self._entry
        self._content += deflated
        compressed = self._entry.compressed + len(deflated)
        self._entry = replace(self._entry, compressed=compressed)

    def _list(self, entry: Entry) -> None:
        line = central_header(entry, self._at)
        self._directory += line
        self._directory_size += len(line)
        self._count += 1

    def _end_part(self, file: Image | Document | None, size: int) -> None:
        self._parts.append(
            ArchivePart(
                job=self._job,
                number=self._part,
                offset=self._offset,
                content=bytes(self._content),
                image=file if isinstance(file, Image) else None,
                document=file if isinstance(file, Document) else None,
                image_size=size,
                directory=bytes(self._directory),
            )
        )
        self._part += 1
        self._offset = self._next_offset + size
        self._content, self._directory = bytearray(), bytearray()
