"""Deleting conversations, restoring them, and deleting them for good.

Each verb stores the change, announces it to the person's pages and ends what still runs. A view
calls one of them, in a task that continues when the browser disconnects.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.conversations import events, removal, sidebar_events
from chatapp.conversations.models import Conversation
from chatapp.conversations.models import trash as store
from chatapp.replies import stopping


async def trash(conversations: Iterable[Conversation], undo: UUID) -> None:
    """Move conversations to the trash; pages offer to undo everything with the id `undo` at once.

    Raises DatabaseFull.
    """
    for conversation in conversations:
        is_new, running = await background.in_thread(store.trash, conversation)
        for reply in running:
            stopping.end_requested(reply)
        if is_new:
            events.conversation_deleted(conversation.owner_id, conversation.pk, undo)


async def restore(person: Person, conversations: Iterable[Conversation]) -> None:
    """Take conversations out of the trash."""
    restored = [
        conversation.pk
        for conversation in conversations
        if await background.in_thread(store.restore, conversation)
    ]
    if restored:
        sidebar_events.sidebar_changed(person.pk, restored)


async def delete(conversation: Conversation) -> None:
    """Delete a conversation for good, in the trash or not, unless it was restored meanwhile."""
    stopping.end_streams(await background.in_thread(removal.delete, conversation))
    present = Conversation.objects.present().filter(pk=conversation.pk)
    if await background.in_thread(present.exists):
        return
    removal.start()
    events.conversation_deleted(conversation.owner_id, conversation.pk)


async def empty(person: Person, until: datetime) -> int:
    """Delete for good what the person's trash contained at `until`, but not what came later.

    Returns how many conversations that were.
    """
    count = 0
    trashed = store.of_person(person, until)
    while gone := await background.in_thread(removal.delete_trashed, trashed):
        removal.start()
        count += len(gone)
        for conversation in gone:
            events.conversation_deleted(person.pk, conversation.pk)
    return count
