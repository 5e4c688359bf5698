"""Where a conversation is in the sidebar: pinned, archived, unread.

Each verb returns whether it changed anything, so calling it twice is harmless.
"""

from django.utils import timezone

from chatapp.conversations.models.conversation import Conversation, ConversationQuerySet

MAX_PINNED = 50  # conversations of one person, all of which the sidebar shows


class TooManyPinned(Exception):
    """The person has pinned as many conversations as the sidebar shows."""


def pin(conversation: Conversation) -> bool:
    """Keep a conversation at the top, out of the archive. Raises TooManyPinned."""
    if not has_room(conversation):
        raise TooManyPinned
    unpinned = _present(conversation).filter(pinned_at=None)
    return bool(unpinned.update(pinned_at=timezone.now(), archived_at=None))


def has_room(conversation: Conversation) -> bool:
    """Return whether the sidebar can show this one, too, among those that are pinned."""
    pinned = Conversation.objects.filter(owner=conversation.owner_id).pinned()
    return bool(pinned.exclude(pk=conversation.pk)[:MAX_PINNED].count() < MAX_PINNED)


def unpin(conversation: Conversation) -> bool:
    return bool(_present(conversation).exclude(pinned_at=None).update(pinned_at=None))


def archive(conversation: Conversation) -> bool:
    """Take a conversation out of the sidebar until it is wanted, or the next message in it."""
    shown = _present(conversation).filter(archived_at=None)
    return bool(shown.update(archived_at=timezone.now(), pinned_at=None))


def unarchive(conversation: Conversation) -> bool:
    return bool(_present(conversation).exclude(archived_at=None).update(archived_at=None))


def see(conversation: Conversation) -> bool:
    """Note that its person has seen the last reply; False while that runs."""
    head = conversation.branch.last()
    if head and head.is_running:
        return False
    return bool(_present(conversation).filter(is_unread=True).update(is_unread=False))


def _present(conversation: Conversation) -> ConversationQuerySet:
    rows: ConversationQuerySet = Conversation.objects.present().filter(pk=conversation.pk)
    return rows
