"""Images of scanned pages. They are made again for each request from the stored file, always the
same bytes, and the latest are kept in memory."""

import logging
import threading
from collections import OrderedDict
from uuid import UUID

from chatapp.documents import store, worker_process
from chatapp.documents.errors import DocumentRefused
from chatapp.documents.models import Document
from chatapp.documents.worker.pages import Refused

MAX_KEPT = 24 * 1024 * 1024  # bytes of images, of all documents of this process

logger = logging.getLogger(__name__)

_kept: OrderedDict[tuple[UUID, int], bytes] = OrderedDict()
_lock = threading.Lock()


def images_of(document: Document, pages: list[int]) -> dict[int, bytes]:
    """Return JPEGs of pages; a page that can't be rendered has none. Call it in a thread."""
    images = {page: image for page in pages if (image := _find((document.pk, page)))}
    missing = [page for page in pages if page not in images]
    content = _content(document) if missing else b""
    for page in missing if content else ():
        try:
            images[page] = worker_process.rendered(content, page).result()
        except Refused as refused:
            logger.warning("A scanned page could not be rendered: %s", refused.reason)
            break
        _keep((document.pk, page), images[page])
    return images


def _content(document: Document) -> bytes:
    """Return the file, empty when it is gone or out of reach."""
    try:
        return store.read(document)
    except DocumentRefused as refused:
        logger.warning("A scanned page has no file: %s", type(refused).__name__)
        return b""


def _find(key: tuple[UUID, int]) -> bytes | None:
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
        return _kept.get(key)


def _keep(key: tuple[UUID, int], image: bytes) -> None:
    with _lock:
        _kept[key] = image
        while sum(map(len, _kept.values())) > MAX_KEPT:
            _kept.popitem(last=False)
