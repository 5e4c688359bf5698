"""Images of an export: found in its archive, opened by the image worker, stored once."""

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING

from chatapp.images.data_url import decode_data_url
from chatapp.images.errors import ImageRefused, ImagesUnavailable
from chatapp.images.formats import HEAD_BYTES, detect
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage, prepare
from chatapp.images.quota import QuotaExceeded
from chatapp.images.store import StoreUnavailable
from chatapp.jobs.kinds import TryLater
from chatapp.transfer.importing.archive import Archive, ArchiveRefused, Entry
from chatapp.transfer.importing.formats.conversation import File
from chatapp.transfer.importing.formats.values import as_text
from chatapp.transfer.importing.sources import read_document

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

MAX_ID = 300  # characters
MAX_IMAGE_BYTES = 20 * 1024 * 1024
NAMES = "conversation_asset_file_names.json"
ID = re.compile(r"^(file[-_][A-Za-z0-9]{6,})")  # before the name that a person gave
OTHERS = (".json", ".html", ".txt", ".md", ".pdf", ".wav", ".mp3", ".mp4", ".zip", ".csv")


class ImageLost(Exception):
    """Report why there is no image; `reason` is a key of `skipped.SKIPPED`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class ImageStore:
    """Stores images for a person, within the quota, and counts those that don't come along."""

    def __init__(self, person: "Person") -> None:
        self.person = person
        self.is_full = False
        self.stored = 0
        self.lost: Counter[str] = Counter()

    def store(self, prepared: PreparedImage) -> Image:
        """Store an image. Raises ImageLost, and TryLater when the bucket doesn't answer."""
        same = Image.objects.filter(owner=self.person, sha256=prepared.sha256)
        is_new = not same.exists()
        try:
            image = Image.objects.store(self.person, prepared)
        except QuotaExceeded as error:
            self.is_full = True
            raise ImageLost("image_quota") from error
        except StoreUnavailable as error:
            raise TryLater(error.sentence) from error
        self.stored += is_new
        return image

    def open(self, content: bytes, name: str) -> PreparedImage:
        """Open an image as an upload is opened. Raises ImageLost, and TryLater without a worker."""
        if self.is_full:
            raise ImageLost("image_quota")
        try:
            return prepare(content, name)
        except ImagesUnavailable as error:
            raise TryLater(error.sentence) from error
        except ImageRefused as error:
            raise ImageLost("image_unreadable") from error

    def take_counts(self) -> tuple[int, Counter[str]]:
        """Return how many images were stored since the last call, and why others weren't."""
        counts = self.stored, self.lost
        self.stored, self.lost = 0, Counter()
        return counts


class ExportedImages:
    """The images of one archive, by what messages call them."""

    def __init__(self, archive: Archive, store: ImageStore) -> None:
        self._archive = archive
        self._store = store
        self._found: dict[str, Image | None] = {}
        self._entries: dict[str, Entry] = {}
        for entry in archive.entries:
            if not entry.name.lower().endswith(OTHERS):
                self._list(entry)
        names = next((each for each in archive.entries if each.short_name == NAMES), None)
        self._names = read_document(archive, names)

    def _list(self, entry: Entry) -> None:
        keys = {entry.short_name, entry.stem, entry.short_name.partition(".")[0]}
        if prefix := ID.match(entry.short_name):
            keys.add(prefix.group(1))
        for key in keys:
            self._entries.setdefault(key, entry)

    def is_found(self, file: File) -> bool:
        return bool(file.text) or _key(file) in self._found

    def find(self, file: File) -> Image | None:
        """Return the image of a file, None if there is none. Slow the first time."""
        if file.text:
            return None
        key = _key(file)
        if key not in self._found:
            self._found[key] = self._stored(file)
        return self._found[key]

    def forget(self) -> None:
        self._found.clear()

    def _stored(self, file: File) -> Image | None:
        try:
            content, name = self._content(file)
            if detect(content[:HEAD_BYTES]) is None:
                raise ImageLost("image_unreadable" if file.is_image else "file")
            return self._store.store(self._store.open(content, name))
        except ImageLost as lost:
            self._store.lost[lost.reason] += 1
            return None

    def _content(self, file: File) -> tuple[bytes, str]:
        if file.id[:5].lower() == "data:":
            return decode_data_url(file.id) or b"", file.name
        entry = self._entries.get(file.id) or self._entries.get(re.split("[#?]", file.id)[0])
        if entry is None or not file.id:
            raise ImageLost("image_missing" if file.is_image else "file")
        name = as_text(self._names.get(entry.short_name)) or file.name or entry.short_name
        return read_entry(self._archive, entry), name


def _key(file: File) -> str:
    """Return what tells a file from others; the id of an image may be the image itself."""
    if not file.id:
        return f"/{file.name}"
    return (
        file.id
        if len(file.id) < MAX_ID
        else hashlib.sha256(file.id.encode("utf-8", "replace")).hexdigest()
    )


def read_entry(archive: Archive, entry: Entry, max_bytes: int = MAX_IMAGE_BYTES) -> bytes:
    """Return an entry. Raises ImageLost when it is broken or too large."""
    try:
        with archive.open(entry) as stream:
            content = stream.read(max_bytes + 1)
    except ArchiveRefused as error:
        raise ImageLost("image_unreadable") from error
    if len(content) > max_bytes:
        raise ImageLost("image_too_large")
    return content
