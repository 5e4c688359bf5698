"""Remove rows of deleted conversations and versions in the background, and images that are over.

The marks in the database are the list of what is left to do, so nothing is lost in a restart.
"""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

import django.db
from django.utils import timezone

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations.models import (
    Conversation,
    Message,
    deletion,
    trash,
    version_deletion,
)
from chatapp.conversations.models.conversation import ConversationQuerySet
from chatapp.conversations.signals import conversation_deleted, trash_expired
from chatapp.documents.models import Document
from chatapp.images import garbage_collection
from chatapp.server.database_errors import DatabaseFull

TASK = "removal"
REST = 10  # times as long as a batch took, so that others have the database most of the time
MAX_REST_SECONDS = 1.0

logger = logging.getLogger(__name__)

_is_wanted = False


def delete(conversation: Conversation) -> list[UUID]:
    """Delete a conversation for good; return its replies that a process may still make.

    A full database takes no mark. Deleting is how space is freed there, so all rows go at once.
    """
    try:
        return deletion.delete(conversation)
    except DatabaseFull:
        _remove_now(conversation)
        return []


def delete_trashed(trashed: ConversationQuerySet) -> list[Conversation]:
    """Delete these conversations in the trash for good, and return them; several batches may be
    needed, until one is empty. A full database removes the rows at once."""
    try:
        return trash.delete_batch(trashed)
    except DatabaseFull:
        rows = list(trashed.select_related("owner")[: trash.BATCH])
        for conversation in rows:
            _remove_now(conversation)
        return rows


def delete_expired() -> None:
    """Delete for good what has been in the trash long enough."""
    now = timezone.now()
    expired = trash.expired(now)
    while gone := trash.delete_batch(expired):
        logger.info("Deleted %s conversations that were in the trash", len(gone))
    trash_expired.send(Conversation, now=now)


def _remove_now(conversation: Conversation) -> None:
    while deletion.remove_batch(conversation.pk):
        pass
    conversation_deleted.send(Conversation, conversation=conversation)
    _collect_files(conversation.owner)


def start() -> None:
    """Remove what is marked; if this process does so already, it looks once more at the end."""
    global _is_wanted
    _is_wanted = True
    background.spawn(TASK, _remove_all())


async def _remove_all() -> None:
    global _is_wanted
    while _is_wanted:
        _is_wanted = False
        try:
            deleted = await background.in_spare_thread(_deleted)
        except django.db.Error as error:
            logger.warning("Deleted conversations weren't found: %s", type(error).__name__)
            return
        for conversation in deleted:
            try:
                await _remove(conversation)
            except django.db.Error:
                # The next run tries again, and the others don't wait for that.
                logger.exception("A deleted conversation could not be removed")
        try:
            await _remove_rows(_remove_versions)
        except django.db.Error:
            logger.exception("Deleted versions could not be removed")


async def _remove(conversation: Conversation) -> None:
    await _remove_rows(lambda: deletion.remove_batch(conversation.pk))
    await background.in_spare_thread(_collect_files, conversation.owner)


async def _remove_rows(remove_batch: Callable[[], bool]) -> None:
    """Remove batch after batch until there is none, and rest after each."""
    loop = asyncio.get_running_loop()
    begin = loop.time()
    while await background.in_spare_thread(remove_batch):
        await asyncio.sleep(min(REST * (loop.time() - begin), MAX_REST_SECONDS))
        begin = loop.time()


def _remove_versions() -> bool:
    """Their images are collected with all others."""
    before = timezone.now() - version_deletion.KEPT
    return version_deletion.remove_batch(Message.objects.all(), before)


def _deleted() -> list[Conversation]:
    return list(Conversation.objects.deleted().select_related("owner"))


def _collect_files(owner: Person) -> None:
    garbage_collection.collect(timezone.now(), owner)
    garbage_collection.collect(timezone.now(), owner, Document.objects)
