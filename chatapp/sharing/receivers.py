"""Remove the share of a conversation that is deleted, at once and not with its last message.

A conversation in the trash needs nothing: its share isn't found until it is restored.
"""

from typing import Any

from django.dispatch import receiver

from chatapp.conversations.models import Conversation
from chatapp.conversations.signals import conversation_deleted
from chatapp.sharing.models import Share


@receiver(conversation_deleted)
def remove_share(conversation: Conversation, **_signal: Any) -> None:
    Share.objects.filter(conversation=conversation.pk).delete()
