"""Deleting one of several versions of a message, with everything after it, and undoing that.

All its messages get the same mark, so every query that starts at a person-owned door leaves them
out, and undoing takes exactly these marks away. The rows are removed a day later, in batches. The
first two functions are methods of Message.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from chatapp.conversations.models import branches, versions
from chatapp.conversations.models.refusals import (
    ConversationContinued,
    ConversationDeleted,
    NotRestorable,
    OnlyVersion,
)
from chatapp.conversations.signals import messages_added, messages_deleted

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.message_queries import MessageQuerySet

KEPT = timedelta(days=1)
BATCH = 40  # messages; a few milliseconds on either database
# A version and everything after it, without what was deleted at another time.
MARK = """
    WITH RECURSIVE below(id) AS (
        SELECT id FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT message.id FROM conversations_message message
        JOIN below ON message.parent_id = below.id
        WHERE message.deleted_at {is_old}
    )
    UPDATE conversations_message SET deleted_at = {new}, on_branch = FALSE
    WHERE id IN (SELECT id FROM below)
"""
DELETE = MARK.format(is_old="IS NULL", new="%s")
RESTORE = MARK.format(is_old="= %s", new="NULL")


@transaction.atomic
def delete(message: "Message", head: UUID | None) -> list[UUID] | None:
    """Delete a version that is shown, and show its neighbour, the earlier one if there is one.

    `head` is the last message that the page shows. Return the replies that ran in it and were asked
    to stop, None when it was deleted before. Raises ConversationDeleted, ConversationContinued for
    a page that shows something else, OnlyVersion.
    """
    _conversation, last = branches.lock(message)
    if last is None:
        raise ConversationDeleted
    if branches.is_deleted(message):
        return None
    message.refresh_from_db(fields=["on_branch", "shown_at"])
    if not message.on_branch or head != last.pk:
        raise ConversationContinued
    message.known_versions = None
    place = versions.versions(message)
    beside = place.previous or place.next
    if beside is None:
        raise OnlyVersion
    message.deleted_at = timezone.now()
    _execute(DELETE, message, message.deleted_at)
    deleted = _marked(message, message.deleted_at)
    messages_deleted.send(type(message), ids=list(deleted.values_list("pk", flat=True)))
    branches.choose(type(message).objects.get(pk=beside))
    # Whoever makes them sees that within a second, so none goes on if this process dies now.
    running = deleted.running()
    stopped = list(running.values_list("pk", flat=True))
    running.update(stop_requested_at=timezone.now())
    return stopped


@transaction.atomic
def restore(message: "Message") -> bool:
    """Undo the deletion of a version, and show it as it was left; False when nothing was deleted.

    A reply that was stopped stays stopped. Raises ConversationDeleted, NotRestorable.
    """
    conversation, last = branches.lock(message)
    if last is None:
        raise ConversationDeleted
    rows = type(message).objects.select_related("parent").filter(pk=message.pk)
    row = rows.first()
    if row is None or (row.parent and row.parent.deleted_at):
        raise NotRestorable
    if row.deleted_at is None:
        return False
    if row.deleted_at <= timezone.now() - KEPT:  # a part may be gone
        raise NotRestorable
    restored = list(_marked(message, row.deleted_at))
    _execute(RESTORE, message, row.deleted_at)
    message.deleted_at = None
    messages_added.send(type(message), conversation=conversation, messages=restored, is_new=False)
    branches.choose(message)
    return True


@transaction.atomic
def remove_batch(rows: "MessageQuerySet", before: datetime) -> bool:
    """Remove the rows of versions deleted before a time; return whether any were left.

    What was deleted earlier comes first, and children come before their parents, so no batch
    cascades to the rest.
    """
    due = rows.filter(deleted_at__lt=before).order_by("deleted_at", "-position", "pk")
    batch = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:BATCH])
    rows.filter(pk__in=batch).delete()
    return bool(batch)


def _marked(message: "Message", moment: datetime) -> "MessageQuerySet":
    """Return what was deleted with a version."""
    rows = type(message).objects.filter(conversation=message.conversation_id, deleted_at=moment)
    return rows.order_by("position")


def _execute(statement: str, message: "Message", moment: datetime) -> None:
    pk = branches.db_value(message, message.pk)
    with connection.cursor() as cursor:
        cursor.execute(statement, [pk, connection.ops.adapt_datetimefield_value(moment)])
