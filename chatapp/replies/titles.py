"""A title by the model after the first exchange. It never delays or fails anything else."""

import logging
from typing import Any

from django.dispatch import receiver

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.signals import reply_ended
from chatapp.inference import CompletionRequest, InferenceError
from chatapp.replies import service
from chatapp.replies.prompt import building
from chatapp.replies.title_text import clean_title

logger = logging.getLogger(__name__)


@receiver(reply_ended)
def start_after(reply: Message, **_signal: Any) -> None:
    """Ask for a title when `reply` ends the first exchange."""
    if reply.status == Message.Status.COMPLETE and reply.position == 1:
        background.spawn_from_thread(f"title:{reply.conversation_id}", lambda: suggest(reply))


async def suggest(reply: Message) -> None:
    request = await background.in_thread(_request, reply)
    if request is None:
        return
    try:
        answer = await service.client().complete(request)
    except InferenceError as error:
        # The conversation keeps the first words of its first message as its title.
        logger.warning("No title for %s: %s", reply.conversation_id, type(error).__name__)
        return
    await background.in_thread(_save, reply.conversation, clean_title(answer))


def _request(reply: Message) -> CompletionRequest | None:
    first = reply.parent
    titled = Conversation.objects.get(pk=reply.conversation_id).titled_by
    wanted = first and first.text and titled == Conversation.TitledBy.NOBODY
    return building.title_request(first, reply.model) if first and wanted else None


def _save(conversation: Conversation, title: str) -> None:
    if title and conversation.suggest_title(title):
        conversation.refresh_from_db()
        events.conversation_changed(conversation)
