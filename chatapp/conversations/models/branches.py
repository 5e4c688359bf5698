"""Which branch of the tree is shown: making room for a new version, and switching.

Each message remembers when it was last chosen among its versions, so a branch that is shown again
looks as it was left. Switching costs the same few queries however long the branches are.
"""

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation

if TYPE_CHECKING:
    from chatapp.conversations.models.message import Message
    from chatapp.conversations.models.message_queries import MessageQuerySet

# A message and those before it, up to the first one that is shown.
UPWARDS = """
    WITH RECURSIVE upwards(id, parent_id, position, on_branch) AS (
        SELECT id, parent_id, position, on_branch FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT message.id, message.parent_id, message.position, message.on_branch
        FROM conversations_message message JOIN upwards ON message.id = upwards.parent_id
        WHERE NOT upwards.on_branch
    )
"""
LINEAGE = """
    WITH RECURSIVE lineage(id, parent_id, position) AS (
        SELECT id, parent_id, position FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT message.id, message.parent_id, message.position
        FROM conversations_message message JOIN lineage ON message.id = lineage.parent_id
    )
    SELECT id FROM lineage ORDER BY position
"""
HIDDEN = "SELECT id, position FROM upwards WHERE NOT on_branch ORDER BY position"
CHOOSE = (
    "UPDATE conversations_message SET shown_at = %s"
    " WHERE id IN (SELECT id FROM upwards WHERE NOT on_branch)"
)
# A message and those after it, each time the version that was chosen last.
SHOW = """
    WITH RECURSIVE downwards(id) AS (
        SELECT id FROM conversations_message WHERE id = %s
        UNION ALL
        SELECT (
            SELECT version.id FROM conversations_message version
            WHERE version.parent_id = downwards.id AND version.deleted_at IS NULL
            ORDER BY COALESCE(version.shown_at, version.created_at) DESC, version.id DESC LIMIT 1
        )
        FROM downwards WHERE downwards.id IS NOT NULL
    )
    UPDATE conversations_message SET on_branch = TRUE, has_news = FALSE
    FROM downwards WHERE conversations_message.id = downwards.id
"""


class Place(NamedTuple):
    """A message that isn't shown."""

    id: UUID
    position: int


def lock(message: "Message") -> "tuple[Conversation, Message | None]":
    """Lock the conversation, so that nothing is added meanwhile; return it and its head.

    A conversation that was deleted in the meantime has no head, whether or not its row is left.
    """
    rows = Conversation.objects.select_for_update()
    conversation = rows.filter(pk=message.conversation_id).first()
    if conversation is None or not conversation.is_present:
        return message.conversation, None
    return conversation, conversation.branch.select_related("parent").last()


def replace(old: "Message", new: "Message") -> None:
    """Hide a message and everything after it, for a new version of it that isn't saved yet.

    The caller holds the lock of the conversation.
    """
    rows = type(old).objects.filter(conversation=old.conversation_id)
    rows.filter(on_branch=True, position__gte=old.position).update(on_branch=False)
    rows.filter(pk=old.pk, shown_at=None).update(shown_at=old.created_at)
    new.shown_at = timezone.now()


@transaction.atomic
def show(message: "Message") -> bool:
    """Show the branch that a message lies on, as it was left.

    False when it is shown already, or was deleted.
    """
    _conversation, head = lock(message)
    return head is not None and not is_deleted(message) and choose(message)


def choose(message: "Message") -> bool:
    """Show the branch of a message; the caller holds the lock of the conversation."""
    places = hidden(message)
    if not places:
        return False
    first, pk = places[0], db_value(message, message.pk)
    rows = type(message).objects.filter(conversation=message.conversation_id, on_branch=True)
    with connection.cursor() as cursor:
        now = connection.ops.adapt_datetimefield_value(timezone.now())
        cursor.execute(UPWARDS + CHOOSE, [pk, now])
        rows.filter(position__gte=first.position).update(on_branch=False)
        cursor.execute(SHOW, [db_value(message, first.id)])
    return True


def is_deleted(message: "Message") -> bool:
    """Return whether a message was deleted with a version, or its row is gone already."""
    return not type(message).objects.filter(pk=message.pk, deleted_at=None).exists()


def hidden(message: "Message") -> list[Place]:
    """Return the message and those before it that aren't shown, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(UPWARDS + HIDDEN, [db_value(message, message.pk)])
        return [Place(UUID(str(pk)), position) for pk, position in cursor.fetchall()]


def lineage(message: "Message") -> list[UUID]:
    """Return the messages that lead to this one, and this one; no switch of branches changes it."""
    with connection.cursor() as cursor:
        cursor.execute(LINEAGE, [db_value(message, message.pk)])
        return [UUID(str(pk)) for (pk,) in cursor.fetchall()]


def up_to(message: "Message", places: list[Place]) -> "MessageQuerySet":
    """Return the messages that lead to this one, and this one; `places` are the hidden ones."""
    rows: MessageQuerySet = type(message).objects.filter(
        conversation=message.conversation_id, position__lte=message.position
    )
    if not places:
        return rows.filter(on_branch=True)
    shown = Q(on_branch=True, position__lt=places[0].position)
    return rows.filter(shown | Q(pk__in=[place.id for place in places]))


def db_value(message: "Message", pk: UUID) -> Any:
    return message._meta.pk.get_db_prep_value(pk, connection)
