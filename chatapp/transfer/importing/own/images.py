"""Images of this app's export: stored with their own bytes, so that their hashes stay."""

import binascii
import hashlib
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec

from chatapp.images.formats import HEAD_BYTES, Format, detect
from chatapp.images.models import Image
from chatapp.images.processing import PreparedImage, clean_name
from chatapp.images.worker.limits import MAX_ENCODED_BYTES
from chatapp.images.worker.protocol import Remark
from chatapp.transfer.importing.archive import Archive, Entry
from chatapp.transfer.importing.images import ImageLost, ImageStore, read_entry
from chatapp.transfer.importing.own.records import ImageRecord
from chatapp.transfer.importing.sources import IMAGES, parts_of

if TYPE_CHECKING:
    from collections.abc import Iterator

STORED = (Format.JPEG, Format.PNG, Format.WEBP)


class OwnImages:
    """Finds images by the hashes that a file gives them."""

    def __init__(self, archive: Archive, listed: Entry | None, store: ImageStore) -> None:
        self._archive = archive
        self._store = store
        self._entries: Mapping[str, Entry] = {entry.name: entry for entry in archive.entries}
        self._records = {each.sha256: each for each in _listed(archive, listed)}
        self._found: dict[str, Image | None] = {}

    def is_found(self, sha256: str) -> bool:
        return sha256 in self._found

    def find(self, sha256: str) -> Image | None:
        """Return an image, None if it is lost. Slow the first time."""
        if sha256 not in self._found:
            record = self._records.get(sha256) or ImageRecord(sha256)
            self._found[sha256] = self._image(record)
        return self._found[sha256]

    def forget(self) -> None:
        self._found.clear()

    def take(self, record: ImageRecord) -> None:
        """Store an image that a single conversation holds as base64."""
        self._found[record.sha256] = self._image(record)

    def _image(self, record: ImageRecord) -> Image | None:
        same = Image.objects.filter(owner=self._store.person, sha256=record.sha256).first()
        if same:
            Image.objects.hold(self._store.person, [same.pk])
            return same
        try:
            return self._stored(record)
        except ImageLost as lost:
            self._store.lost[lost.reason] += 1
            return None

    def _stored(self, record: ImageRecord) -> Image:
        content = self._content(record)
        opened = self._store.open(content, record.name)
        prepared = _as_it_was(opened, content, record)
        is_same = prepared.content is content
        image = self._store.store(prepared)
        if is_same:
            image.alt, image.remarks = record.alt, _remarks(record)
            image.animated, image.name = record.animated, clean_name(record.name)
            image.created_at = record.created_at or image.created_at
            image.save(update_fields=["alt", "remarks", "animated", "name", "created_at"])
        return image

    def _content(self, record: ImageRecord) -> bytes:
        if record.data:
            try:
                return b64decode(record.data, validate=True)
            except (binascii.Error, ValueError) as error:
                raise ImageLost("image_unreadable") from error
        if entry := self._entries.get(record.file):
            return read_entry(self._archive, entry)
        raise ImageLost("image_missing")


def _as_it_was(opened: PreparedImage, content: bytes, record: ImageRecord) -> PreparedImage:
    """Return the image with the bytes that arrived, if this app may have stored them: the worker
    has read them and found nothing to make smaller."""
    kind = detect(content[:HEAD_BYTES])
    sha256 = hashlib.sha256(content).hexdigest()
    size = opened.width, opened.height
    is_stored = kind in STORED and len(content) <= MAX_ENCODED_BYTES and not opened.animated
    if not is_stored or sha256 != record.sha256 or size != (record.width, record.height):
        return opened
    return replace(opened, content=content, sha256=sha256, content_type=str(kind))


def _remarks(record: ImageRecord) -> str:
    return " ".join(each for each in record.remarks.split() if each in list(Remark))


def _listed(archive: Archive, listed: Entry | None) -> "Iterator[ImageRecord]":
    for source in parts_of(archive, listed, of_object=True) if listed else ():
        if source.key == IMAGES and not source.problem:
            try:
                yield msgspec.json.decode(source.text, type=ImageRecord)
            except msgspec.DecodeError:  # its conversations report it as missing
                continue
