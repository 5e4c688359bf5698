"""Read an uploaded file on from a cursor: which shard, and which item of it."""

from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from chatapp.accounts.models import Person
from chatapp.transfer.importing.archive import Archive, ArchiveRefused, Entry
from chatapp.transfer.importing.documents import TextDocuments
from chatapp.transfer.importing.images import ExportedImages, ImageStore
from chatapp.transfer.importing.json_items import Source
from chatapp.transfer.importing.own.documents import OwnDocuments
from chatapp.transfer.importing.own.images import OwnImages
from chatapp.transfer.importing.slice_file import SliceFile
from chatapp.transfer.importing.sources import (
    Contents,
    is_counted,
    is_own,
    look,
    parts_of,
    seems_project,
)
from chatapp.transfer.models import UploadedFile

ACCOUNT = "account.json"


class Reader:
    """Stays open between the steps of a process; another process finds the place again.

    Raises ArchiveRefused for a file that can't be read at all.
    """

    def __init__(self, file: UploadedFile, person: Person) -> None:
        self.file = file
        self.store = ImageStore(person)
        self.archive = Archive(cast("BinaryIO", SliceFile(file)))
        self.contents: Contents = look(self.archive)
        self.images = ExportedImages(self.archive, self.store)
        self.documents = TextDocuments(self.store)
        self.own_images = OwnImages(self.archive, self.contents.images, self.store)
        self.own_documents = OwnDocuments(self.archive, self.contents.documents, self.store)
        self.shard = self.item = 0
        self.count = 0  # conversations among the items of the shard that were taken
        self.is_own = False
        self.has_projects = False  # as far as shards were counted
        self.waiting: Source | None = None  # an item that was read but not taken yet
        self.read: Any = None  # what was made of it
        self._sources: Iterator[Source] | None = None

    @property
    def entry(self) -> Entry:
        return self.contents.shards[self.shard]

    @property
    def is_at_end(self) -> bool:
        return self.shard >= len(self.contents.shards)

    @property
    def name(self) -> str:
        """Return what the person calls this part."""
        is_zip = len(self.archive.entries) > 1 or self.entry.size
        return f"{self.file.name}: {self.entry.name}"[:300] if is_zip else self.file.name

    def go_to(self, shard: int, item: int) -> None:
        """Continue at an item. Reads what comes before it again, but parses nothing of it."""
        if (shard, item) == (self.shard, self.item) and self._sources:
            return
        self._begin_shard(shard)
        while self.item < item and self.next():
            self.take()

    @property
    def has_nothing(self) -> bool:
        """Return whether a shard that was read to its end has no conversations."""
        others = self.entry.short_name == ACCOUNT or self.entry in self.contents.projects
        return not self.count and not others

    def next(self) -> Source | None:
        """Return the next item of the shard without taking it; None at the shard's end.

        Raises ArchiveRefused where the shard is broken.
        """
        if self._sources is None:
            self.is_own = is_own(self.archive, self.entry)
            self._sources = parts_of(self.archive, self.entry, of_object=self.is_own)
        if self.waiting is None:
            self.waiting = next(self._sources, None)
        return self.waiting

    def take(self) -> None:
        if self.waiting:
            self.count += is_counted(self.waiting, of_object=self.is_own)
        self.waiting = self.read = None
        self.item += 1

    def end_shard(self) -> None:
        self._begin_shard(self.shard + 1)

    def _begin_shard(self, shard: int) -> None:
        self.shard, self.item, self.count = shard, 0, 0
        self.waiting, self.read, self._sources = None, None, None

    def forget_images(self) -> None:
        """Forget which images were found, so that memory doesn't grow with an archive."""
        self.images.forget()
        self.documents.forget()
        self.own_images.forget()
        self.own_documents.forget()

    def count_shard(self) -> int:
        """Return how many conversations a shard seems to have, and go to the next one."""
        try:
            while source := self.next():
                if not self.item:
                    self.has_projects |= not self.is_own and seems_project(source)
                self.take()
        except ArchiveRefused:
            pass  # its problem is reported when it is imported
        count = self.count
        self.end_shard()
        return count
