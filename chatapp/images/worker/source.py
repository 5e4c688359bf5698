"""Open the file to read, from a path or from memory."""

from __future__ import annotations

import io
import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Source:
    """Hold the same bytes as a file for the codecs and as a buffer to search."""

    file: BinaryIO
    buffer: bytes | mmap.mmap


@contextmanager
def source(path: str | None, content: bytes) -> Iterator[Source]:
    """Open the file at `path`, or `content` without a path. Raises OSError."""
    if path is None:
        yield Source(io.BytesIO(content), content)
    else:
        with (
            Path(path).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer,
        ):
            yield Source(file, buffer)
