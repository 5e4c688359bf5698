"""The images and documents of an archive, and the lists of what is known of them."""

from collections.abc import Iterable
from typing import Any

from chatapp.documents.errors import DocumentMissing, StoreUnavailable
from chatapp.documents.models import Document
from chatapp.images import store
from chatapp.images.models import Image
from chatapp.jobs.kinds import TryLater
from chatapp.transfer.archive.step import Step
from chatapp.transfer.reading import documents_of_person, images_of_person
from chatapp.transfer.records import document_name, encode, file_record, image_name

IMAGES_AT_ONCE = 20


def write_images(step: Step) -> bool:
    """Write the images that conversations show. Raises TryLater when the store doesn't answer."""
    cursor = step.cursor
    while not step.is_full:
        rest = images_of_person(step.person, step.only)
        if after := cursor.get("after"):
            rest = rest.filter(pk__gt=after)
        images = list(rest[:IMAGES_AT_ONCE])
        if not images:
            return True
        for image in images:
            _write_image(step, image)
            cursor["after"] = str(image.pk)
            step.job.done += 1
            if step.is_full:
                break
    return False


def write_documents(step: Step) -> bool:
    """Write the documents that conversations have. Raises TryLater as `write_images` does."""
    cursor = step.cursor
    while not step.is_full:
        rest = documents_of_person(step.person, step.only)
        if after := cursor.get("after"):
            rest = rest.filter(pk__gt=after)
        document = rest.first()
        if document is None:
            return True
        _write_document(step, document)
        cursor["after"] = str(document.pk)
        step.job.done += 1
    return False


def write_list(step: Step, name: str, records: Iterable[dict[str, Any]]) -> None:
    """Write what is known of files as `<name>.json`."""
    step.writer.begin(f"{name}.json")
    step.writer.write(encode(file_record(step.job.created_at))[:-1] + f',"{name}":['.encode())
    before = b"\n"
    for record in records:
        step.writer.write(before + encode(record))
        before = b",\n"
    step.writer.write(b"]}\n")
    step.writer.end()


def _write_image(step: Step, image: Image) -> None:
    try:
        content = store.read(image)
    except store.StoreUnavailable as error:
        raise TryLater(error.sentence) from error
    except store.ImageMissing:
        step.cursor.setdefault("missing", []).append(image.sha256)
        return
    step.writer.add_stored(f"images/{image_name(image)}", image, content)


def _write_document(step: Step, document: Document) -> None:
    try:
        content = document.content
    except StoreUnavailable as error:
        raise TryLater(error.sentence) from error
    except DocumentMissing:
        step.cursor.setdefault("missing_documents", []).append(document.sha256)
        return
    step.writer.add_stored(f"documents/{document_name(document)}", document, content)
