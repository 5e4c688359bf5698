"""An uploaded file as a program reads a file: at any place, with a few slices in memory."""

import io
from collections import OrderedDict
from typing import cast

from chatapp.images import store
from chatapp.jobs.kinds import JobFailed, TryLater
from chatapp.transfer.importing.uploads import SLICE_BYTES
from chatapp.transfer.models import UploadedFile, UploadedSlice

KEPT_SLICES = 4


class SliceFile(io.RawIOBase):
    """Reading raises TryLater when the bucket doesn't answer, JobFailed when a slice is gone."""

    def __init__(self, file: UploadedFile) -> None:
        self._file = file
        self._at = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        if start + offset < 0:
            raise ValueError("before the beginning of the file")
        self._at = start + offset
        return self._at

    def readinto(self, buffer: object) -> int:
        """Fill the buffer, unless the file ends: `zipfile` doesn't expect less."""
        target = memoryview(cast("bytearray", buffer))
        count = 0
        while count < len(target) and self._at < self._file.size:
            number, offset = divmod(self._at, SLICE_BYTES)
            piece = memoryview(self._slice(number))[offset : offset + len(target) - count]
            target[count : count + len(piece)] = piece
            count += len(piece)
            self._at += len(piece)
        return count

    def _slice(self, number: int) -> bytes:
        if number not in self._kept:
            self._kept[number] = _content(self._file, number)
            if len(self._kept) > KEPT_SLICES:
                self._kept.popitem(last=False)
        self._kept.move_to_end(number)
        return self._kept[number]


def _content(file: UploadedFile, number: int) -> bytes:
    row = UploadedSlice.objects.filter(file=file, number=number).first()
    try:
        content = store.bucket().get(row.bucket_key) if row and row.bucket_key else None
    except store.StoreUnavailable as error:
        raise TryLater(error.sentence) from error
    if row and not row.bucket_key:
        content = bytes(row.content)
    if row is None or content is None or len(content) != row.size:
        raise JobFailed(f"{file.name}: a part of this file is gone. Upload it again.")
    return content
