"""Uploads as forms name them: for an image its id, and for a part of a long one which part it is;
for a document "document/", its id, and after another "/" the pages that the person chose."""

import re
from collections.abc import Iterable, Mapping

from chatapp.accounts.models import Person
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.models import Document
from chatapp.images.models import Image
from chatapp.images.shown_image import ShownImage
from chatapp.images.worker.limits import MAX_PARTS

ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
NAME = re.compile(rf"{ID}(?:/(\d)/(\d))?", re.ASCII)
MAX_PAGES_LENGTH = 500  # characters that a person writes
DOCUMENT = re.compile(rf"document/{ID}(?:/(?P<pages>.{{1,{MAX_PAGES_LENGTH}}}))?", re.ASCII)


def own_images(person: Person, names: Iterable[str]) -> dict[str, ShownImage]:
    """Return the person's own images by the names that a form has for them, without any other.

    They can't be collected before the message is stored.
    """
    read = {name: found for name in names if (found := NAME.fullmatch(name))}
    ids = {found["id"] for found in read.values()}
    images = {str(image.pk): image for image in Image.objects.hold(person, ids)}
    return {
        name: ShownImage(images[found["id"]], *_place(found))
        for name, found in read.items()
        if found["id"] in images
    }


def own_documents(person: Person, names: Iterable[str]) -> dict[str, ChosenPages]:
    """Return the person's own documents, as `own_images` does. Their pages aren't checked yet."""
    read = _documents_in(names)
    return _chosen(read, Document.objects.hold(person, {found["id"] for found in read.values()}))


def find_own_documents(person: Person, names: Iterable[str]) -> dict[str, ChosenPages]:
    """Return the same only to look at them."""
    read = _documents_in(names)
    own = Document.objects.filter(owner=person, pk__in={found["id"] for found in read.values()})
    return _chosen(read, {str(document.pk): document for document in own})


def _documents_in(names: Iterable[str]) -> dict[str, re.Match[str]]:
    return {name: found for name in names if (found := DOCUMENT.fullmatch(name))}


def _chosen(
    read: Mapping[str, re.Match[str]], documents: Mapping[str, Document]
) -> dict[str, ChosenPages]:
    return {
        name: ChosenPages(documents[found["id"]], found["pages"] or "")
        for name, found in read.items()
        if found["id"] in documents
    }


def _place(found: re.Match[str]) -> tuple[int, int]:
    """Return which part it is. The page says so, and where it can't be true it is no part."""
    part, count = int(found[2] or 0), int(found[3] or 0)
    return (part, count) if 1 <= part <= count <= MAX_PARTS else (0, 0)
