"""Files that people send: images and documents, told apart by their content and never by their
name."""

from http import HTTPStatus

from asgiref.sync import sync_to_async
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext

from chatapp.images import formats
from chatapp.images.errors import ImageRefused, ImagesUnavailable, ImageTooLarge
from chatapp.images.models import Image
from chatapp.images.processing import clean_name, process_parts
from chatapp.images.quota import QuotaExceeded as ImageQuotaExceeded
from chatapp.images.shown_image import ShownImage
from chatapp.images.store import StoreUnavailable

from . import worker_process
from .errors import DocumentRefused, DocumentsUnavailable, DocumentTooLarge, explain
from .formats import Format
from .models import Document
from .quota import QuotaExceeded
from .worker.pages import Extract, Refused

# A text may begin like one of these; the image has zeros in its first bytes.
SHORT_SIGNATURES = (formats.Format.BMP, formats.Format.GIF)
STATUS: dict[type[ImageRefused | DocumentRefused], HTTPStatus] = {
    DocumentTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    QuotaExceeded: HTTPStatus.INSUFFICIENT_STORAGE,
    DocumentsUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    ImageTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    ImageQuotaExceeded: HTTPStatus.INSUFFICIENT_STORAGE,
    ImagesUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
    StoreUnavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}


def status_of(refusal: ImageRefused | DocumentRefused) -> HTTPStatus:
    """Return the status of an answer that refuses a file."""
    kinds = (status for kind, status in STATUS.items() if isinstance(refusal, kind))
    return next(kinds, HTTPStatus.UNPROCESSABLE_ENTITY)


def is_image(file: UploadedFile) -> bool:
    """Return whether a file begins like an image; anything else may be a document."""
    head = file.read(formats.HEAD_BYTES)
    file.seek(0)
    found = formats.detect(head)
    return found is not None and (found not in SHORT_SIGNATURES or b"\0" in head)


async def store_document(person: AbstractBaseUser, file: UploadedFile) -> Document:
    """Read and store a document of up to 50 MB. Raises DocumentRefused."""
    try:
        extract = await worker_process.read(file)
    except Refused as refused:
        raise explain(refused) from refused
    return await sync_to_async(_store_document)(person, file, extract)


async def store_file(
    person: AbstractBaseUser, file: UploadedFile, max_parts: int
) -> list[ShownImage] | list[Document]:
    """Store a file as an image, which may have up to `max_parts` parts, or as a document.

    Raises ImageRefused and DocumentRefused.
    """
    if not is_image(file):
        return [await store_document(person, file)]
    prepared = await process_parts(file, file.name or "", max_parts)
    return await sync_to_async(Image.objects.store_parts)(person, prepared)


def _store_document(person: AbstractBaseUser, file: UploadedFile, extract: Extract) -> Document:
    name = clean_name(file.name or "", gettext("Document"))
    file.seek(0)
    return Document.objects.store(person, name, file.read(), Format(extract.format), extract)
