"""Beginning a conversation: how many in a minute, and under which title."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.refusals import TooManyConversations

if TYPE_CHECKING:
    from chatapp.accounts.models import Person

# Until the model has suggested a title, the conversation is called by its first words.
EXCERPT = 300  # characters read
FIRST_TITLE = 60  # characters kept
# Conversations that one person may begin in the last minute: enough for any script of theirs.
MAX_BEGUN, BEGUN_WITHIN = 1_200, timedelta(minutes=1)


def check_pace(person: "Person") -> None:
    """Raise TooManyConversations when the person would begin one too many."""
    since = timezone.now() - BEGUN_WITHIN
    # The index of the sidebar finds the few that were active since.
    recent = Conversation.objects.filter(owner=person, active_at__gt=since, created_at__gt=since)
    if recent.count() >= MAX_BEGUN:
        raise TooManyConversations


def first_words(text: str) -> str:
    """Return the title of a conversation that begins with this text."""
    line = " ".join(text[:EXCERPT].split())
    if len(line) <= FIRST_TITLE:
        return line
    # A long first word, such as a line of Chinese, is shortened anywhere.
    cut = line[:FIRST_TITLE].rsplit(" ", 1)[0]
    return f"{cut}…"
