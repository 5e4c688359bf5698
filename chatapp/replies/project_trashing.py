"""Moving projects to the trash and back, with the conversations that go with them.

Each verb stores the change, announces it to everybody's pages and ends what still runs. A view
calls one of them, in a task that continues when the browser disconnects.
"""

from functools import partial

from chatapp import background
from chatapp.conversations import events, sidebar_events
from chatapp.conversations.models import Conversation
from chatapp.conversations.models import trash as conversation_trash
from chatapp.projects import trash as store
from chatapp.projects.models import Project
from chatapp.replies import stopping


async def trash(project: Project, *, with_chats: bool) -> None:
    """Move a project to the trash, and its owner's conversations with it or out of it."""
    work = partial(store.trash, project, with_chats=with_chats)
    trashing = await background.in_thread(work)
    for reply in trashing.running:
        stopping.end_requested(reply)
    for conversation in trashing.chats:
        events.conversation_deleted(project.owner_id, conversation.pk)
    for person_id in trashing.people:
        sidebar_events.sidebar_changed(person_id)


async def restore(project: Project) -> None:
    """Take a project out of the trash, with the conversations that went there with it."""
    restored = await background.in_thread(store.restore, project)
    if restored is None:
        return
    at, people = restored
    chats: list[Conversation] = await background.in_thread(list, store.trashed_with(project, at))
    for conversation in chats:
        await background.in_thread(conversation_trash.restore, conversation)
    keys = [conversation.pk for conversation in chats]
    for person_id in people:
        sidebar_events.sidebar_changed(person_id, keys if person_id == project.owner_id else ())
