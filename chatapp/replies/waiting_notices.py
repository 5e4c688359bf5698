"""What replies wait for, on pages as they are loaded."""

from collections.abc import Iterable

from chatapp.conversations.models import Message
from chatapp.replies import live


def show(messages: Iterable[Message]) -> None:
    """Put into rows that are about to be rendered what their replies wait for, as far as this
    process makes them. Scripts ask for that; without them a page is only loaded again."""
    for message in messages:
        running = live.find(message.pk)
        if running and running.reply.attempt == message.attempt and running.waits_for_service:
            message.live_status = running.live_status
