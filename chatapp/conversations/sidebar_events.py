"""Events about the list of conversations rather than about one entry."""

from collections.abc import Sequence
from uuid import UUID

from chatapp.realtime.protocol import publish


def conversation_seen(person_id: UUID, conversation_id: UUID) -> None:
    """Announce that the person has seen the last reply."""
    publish(person_id, "conversation.seen", conversation=conversation_id)


def sidebar_changed(person_id: UUID, restored: Sequence[UUID] = ()) -> None:
    """Announce that conversations came, went or moved in the sidebar: pages fetch it again."""
    publish(person_id, "sidebar.changed", restored=restored)
