"""Events about the list of conversations rather than about one entry."""

from collections.abc import Iterable, Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from chatapp.realtime.protocol import publish


def conversation_seen(person_id: UUID, conversation_id: UUID) -> None:
    """Announce that the person has seen the last reply."""
    publish(person_id, "conversation.seen", conversation=conversation_id)


def sidebar_changed(person_id: UUID, restored: Sequence[UUID] = ()) -> None:
    """Announce that conversations came, went or moved in the sidebar: pages fetch it again."""
    publish(person_id, "sidebar.changed", restored=restored)


def sidebars_changed(people: Iterable[UUID]) -> None:
    """Announce it to several people once the transaction is committed, at once without one."""
    for person_id in people:
        transaction.on_commit(partial(sidebar_changed, person_id))
