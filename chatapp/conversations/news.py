"""Mark versions behind which a reply has ended while another version was shown."""

from typing import Any

from django.dispatch import receiver

from chatapp.conversations import events
from chatapp.conversations.models import Message, branches
from chatapp.conversations.signals import reply_ended


@receiver(reply_ended)
def mark(reply: Message, **_signal: Any) -> None:
    """Mark the version that leads to a hidden reply, unless the person has stopped the reply."""
    hidden = branches.hidden(reply)
    if not hidden or reply.status == Message.Status.STOPPED or branches.is_deleted(reply):
        return
    messages = Message.objects.filter(conversation=reply.conversation_id)
    messages.filter(pk=hidden[0].id).update(has_news=True)
    reply.conversation.expect_reply()  # somebody may have seen it while this version was hidden
    at_its_place = messages.filter(on_branch=True, position=hidden[0].position)
    for shown in at_its_place.select_related("conversation"):
        events.message_changed(shown)
