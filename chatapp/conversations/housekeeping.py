"""What is cleaned up while the server runs: the trash, deleted conversations, images and documents
that no conversation shows any more, ended counts of attempts, what is known of ended sessions, and
old entries of the audit log."""

import asyncio
import logging
from collections.abc import Callable

import django.db
from django.conf import settings
from django.utils import timezone

from chatapp import background
from chatapp.accounts import guesses
from chatapp.accounts.models import SignIn
from chatapp.audit.models import Entry
from chatapp.conversations import removal
from chatapp.documents import store as documents
from chatapp.documents.models import Document
from chatapp.images import garbage_collection
from chatapp.images.models import Image
from chatapp.images.store import StoreUnavailable

INTERVAL_SECONDS = 60 * 60

logger = logging.getLogger(__name__)


def start() -> None:
    background.spawn("housekeeping", _forever())


async def _forever() -> None:
    while True:
        await _attempt(removal.delete_expired)
        removal.start()
        await _attempt(_collect)
        await asyncio.sleep(INTERVAL_SECONDS)


async def _attempt(work: Callable[[], None]) -> None:
    try:
        await background.in_spare_thread(work)
    except django.db.Error:
        # Nothing depends on it: the next run finds the same.
        logger.exception("The database could not be cleaned up")


def _collect() -> None:
    guesses.remove_ended()
    SignIn.objects.remove_ended()
    Entry.objects.remove_old()
    now = timezone.now()
    for name, files in (("images", Image.objects), ("documents", Document.objects)):
        gone = garbage_collection.collect(now, files=files)
        if gone.count:
            logger.info("Collected %s unused %s, %s bytes", gone.count, name, gone.size)
    if settings.BUCKET:
        try:
            garbage_collection.remove_orphans(now)
            garbage_collection.remove_orphans(now, documents.FOLDER, Document.objects)
        except StoreUnavailable:
            logger.warning("The bucket does not answer; left-over objects stay for now")
