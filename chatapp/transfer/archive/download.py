"""Send an archive from any byte on, put together while it is sent, with one part in memory."""

from collections.abc import AsyncIterator

from chatapp import background
from chatapp.documents.errors import DocumentMissing
from chatapp.documents.models import Document
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.jobs.models import Job
from chatapp.transfer.archive import zip_format
from chatapp.transfer.models import ArchivePart

DIRECTORIES_AT_ONCE = 200  # parts whose lines of the directory are read together


class ArchiveDamaged(Exception):
    """Report that a part or an image is gone; the download ends before its length."""


class Archive:
    """A finished archive; `size` is in bytes."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._offset: int = job.result["offset"]
        directory: int = job.result["directory"]
        self._end = zip_format.end(job.result["count"], self._offset, directory)
        self.size = self._offset + directory + len(self._end)

    async def read(self, start: int, stop: int) -> AsyncIterator[bytes]:
        """Yield the bytes from `start` to before `stop`. Raises ArchiveDamaged."""
        at, first = await background.in_thread(self._find, start)
        async for piece in self._pieces(first):
            begin, end = max(start - at, 0), min(stop - at, len(piece))
            if begin < end:
                yield piece[begin:end]
            at += len(piece)
            if at >= stop:
                return
        raise ArchiveDamaged(f"{self._job.pk} ends at {at}")

    async def _pieces(self, number: int) -> AsyncIterator[bytes]:
        while piece := await background.in_thread(self._part, number):
            for each in piece:
                yield each
            number += 1
        number = 0
        while lines := await background.in_thread(self._directory, number):
            yield b"".join(lines)
            number += DIRECTORIES_AT_ONCE
        yield self._end

    def _find(self, start: int) -> tuple[int, int]:
        """Return the offset and the number of the part in which to begin."""
        parts = ArchivePart.objects.filter(job=self._job, offset__lte=start)
        found = parts.order_by("-offset", "-number").values_list("offset", "number").first()
        if found is None:
            raise ArchiveDamaged(f"{self._job.pk} has no parts")
        offset, number = found
        return offset, number

    def _part(self, number: int) -> list[bytes]:
        """Return the content of a part and its file; nothing behind the last part."""
        parts = ArchivePart.objects.filter(job=self._job, number=number).select_related(
            "image", "document"
        )
        part = parts.defer("directory").first()
        if part is None:
            return []
        return [bytes(part.content), *_file(part)]

    def _directory(self, number: int) -> list[bytes]:
        parts = ArchivePart.objects.filter(
            job=self._job, number__gte=number, number__lt=number + DIRECTORIES_AT_ONCE
        )
        return [bytes(each) for each in parts.values_list("directory", flat=True)]


def _file(part: ArchivePart) -> list[bytes]:
    """Return the bytes of the image or the document of a part, if it has one."""
    file: Image | Document | None = part.image or part.document
    if file is None:
        return []
    try:
        content = file.content
    except (store.ImageMissing, DocumentMissing) as error:
        raise ArchiveDamaged(f"the file {file.pk} is gone") from error
    if len(content) != part.image_size:
        raise ArchiveDamaged(f"the file {file.pk} has changed")
    return [content]
