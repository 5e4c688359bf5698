"""What of the hits of a search a person may see, whatever the index says."""

from collections.abc import Sequence
from uuid import UUID

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.search.engines import Hit


def own_chats(person: Person, hits: Sequence[Hit]) -> dict[UUID, Conversation]:
    """Return the conversations of hits, by id: those that are the person's own, and present.

    The owner is compared here, because SQLite would read all conversations of the owner otherwise.
    """
    chats = Conversation.objects.in_bulk({hit.conversation_id for hit in hits})
    return {
        pk: chat for pk, chat in chats.items() if chat.owner_id == person.pk and chat.is_present
    }
