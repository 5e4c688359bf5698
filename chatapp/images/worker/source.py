"""The file to open, wherever it is."""

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
    """The same bytes twice: as a file for the codecs and as a buffer to look around in."""

    file: BinaryIO
    buffer: bytes | mmap.mmap


@contextmanager
def source(path: str | None, content: bytes) -> Iterator[Source]:
    """The file at `path`, read as the codecs ask for it, or else `content`. Raises OSError."""
    if path is None:
        yield Source(io.BytesIO(content), content)
    else:
        with (
            Path(path).open("rb") as file,
            mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as buffer,
        ):
            yield Source(file, buffer)
