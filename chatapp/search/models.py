"""The index: one row for each message and each title, and for each page of an attached document;
what is out of step, and how far it is.

No row has a foreign key. The previous release, which may run beside this one, deletes messages
without knowing of these tables. Whether a row may be shown is decided by the conversation itself.
"""

from collections.abc import Iterable
from typing import ClassVar
from uuid import UUID

from django.db import models
from django.utils import timezone

from chatapp.search.columns import TokensField


class SearchEntry(models.Model):
    """What can be found of a message, or of the title of a conversation (`message_id` is None).

    The key rises with the time of the message (`keys`). On SQLite triggers keep a table of FTS5
    in step with this one; on Postgres the column has a GIN index.
    """

    id = models.BigIntegerField(primary_key=True)
    owner_id = models.UUIDField()
    conversation_id = models.UUIDField()
    message_id = models.UUIDField(null=True, unique=True)
    tokens = TokensField()

    objects: ClassVar = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner_id", "-id"], name="search_newest"),
            models.Index(fields=["conversation_id"], name="search_conversation"),
        ]

    def __str__(self) -> str:
        return f"entry {self.id}"


class DocumentEntry(models.Model):
    """What can be found on a page of a document that a message has; a long page has several rows.

    The rows are written in the order of the pages, so the last one says how far they are: a page
    without text has a row, too. Their index is apart from that of messages, which stays as fast as
    it was however long documents are.
    """

    id = models.BigIntegerField(primary_key=True)
    owner_id = models.UUIDField()
    conversation_id = models.UUIDField()
    message_id = models.UUIDField()
    document_id = models.UUIDField()
    number = models.PositiveIntegerField()  # of the page
    start = models.PositiveIntegerField(default=0)  # in its text, in characters
    tokens = TokensField()

    objects: ClassVar = models.Manager()

    class Meta:
        indexes = [
            models.Index(fields=["owner_id", "-id"], name="search_newest_page"),
            models.Index(fields=["conversation_id"], name="search_page_conversation"),
            models.Index(fields=["message_id", "document_id"], name="search_page_message"),
        ]

    def __str__(self) -> str:
        return f"page {self.number} of {self.document_id}"


class StaleConversationManager(models.Manager["StaleConversation"]):
    def mark(self, ids: Iterable[UUID]) -> None:
        """Mark conversations, also those that are marked: whoever is at it looks once more."""
        self.bulk_create(
            [self.model(conversation_id=pk) for pk in ids],
            update_conflicts=True,
            unique_fields=["conversation_id"],
            update_fields=["since"],
        )


class StaleConversation(models.Model):
    """A conversation whose entries are to be made or removed in the background."""

    conversation_id = models.UUIDField(primary_key=True)
    since = models.DateTimeField(default=timezone.now)

    objects: ClassVar = StaleConversationManager()

    def __str__(self) -> str:
        return str(self.conversation_id)


class Filling(models.Model):
    """How far the index has been filled: one row, made by the first fill.

    All conversations that were active since `done_from` have their entries. Those active after
    `checked_until` are looked at again, because a release without an index may have written there.
    """

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    done_from = models.DateTimeField(null=True)
    is_complete = models.BooleanField(default=False)
    checked_until = models.DateTimeField(null=True)

    objects: ClassVar = models.Manager()

    def __str__(self) -> str:
        return "complete" if self.is_complete else f"from {self.done_from}"
