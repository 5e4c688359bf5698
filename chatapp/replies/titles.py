"""A title by the model after the first exchange. It never delays or fails anything else."""

import asyncio
import logging
from typing import Any
from uuid import UUID

from django.db import transaction
from django.dispatch import receiver

from chatapp import background
from chatapp.conversations import events
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.models.model_choice import model_of
from chatapp.conversations.signals import reply_ended
from chatapp.inference import CompletionRequest, InferenceError
from chatapp.replies import commands, live
from chatapp.replies.accounting import CapReached, NewCall
from chatapp.replies.line import Urgency
from chatapp.replies.prompt import building
from chatapp.replies.short_calls import ShortCall
from chatapp.replies.title_text import clean_title

TASK = "title:"  # begins the name of the task that asks for one
TITLES_AT_ONCE = 4  # the service's limits are for everybody together
PAUSE_SECONDS = 0.5  # until the next look whether somebody waits, who goes first

logger = logging.getLogger(__name__)

_asking: set[UUID] = set()  # conversations
_owners: dict[UUID, UUID] = {}  # of the conversations for which a task asks or waits


@receiver(reply_ended)
def start_after(reply: Message, **_signal: Any) -> None:
    """Ask for a title when `reply` ends the first exchange."""
    if reply.status != Message.Status.COMPLETE or reply.position != 1:
        return
    if request := title_request(reply):
        name = f"{TASK}{reply.conversation_id}"
        background.spawn_from_thread(name, lambda: suggest(reply.conversation, request))


def title_request(reply: Message) -> CompletionRequest | None:
    """Return the request for a title, None if the conversation has one or nothing to name it by."""
    conversations = Conversation.objects.filter(pk=reply.conversation_id)
    if not (reply.parent and reply.parent.text):
        return None
    wanted = conversations.filter(titled_by=Conversation.TitledBy.NOBODY, owner__is_active=True)
    if not wanted.exists():
        return None
    return building.title_request(reply.parent, model_of(reply).id)


async def suggest(conversation: Conversation, request: CompletionRequest) -> None:
    """Ask for a title once nobody waits, and store it."""
    _owners[conversation.pk] = conversation.owner_id
    try:
        await _suggest_in_turn(conversation, request)
    finally:
        _owners.pop(conversation.pk, None)


async def _suggest_in_turn(conversation: Conversation, request: CompletionRequest) -> None:
    while len(_asking) >= TITLES_AT_ONCE or _somebody_waits():  # noqa: ASYNC110 (they have no event)
        await asyncio.sleep(PAUSE_SECONDS)
    _asking.add(conversation.pk)
    try:
        await _suggest(conversation, request)
    finally:
        _asking.discard(conversation.pk)


def _somebody_waits() -> bool:
    """Return whether a person waits for a message to be stored, or for the model service."""
    waits_for_service = any(reply.waits_for_service for reply in live.all_here())
    return waits_for_service or bool(background.running(commands.SENDING))


def cancel_of(person_id: UUID) -> None:
    """Ask for no more titles of somebody's conversations in this process."""
    for conversation, owner in list(_owners.items()):
        if owner == person_id:
            background.cancel(f"{TASK}{conversation}")


async def _suggest(conversation: Conversation, request: CompletionRequest) -> None:
    """Without an answer the conversation keeps the first words of its first message as its title,
    and nobody is told: what a cap leaves is for replies."""
    try:
        new = NewCall("title", request, conversation=conversation)
        call = await ShortCall.begin(new, Urgency.TITLE)
    except CapReached:
        return
    title = ""
    try:
        title = clean_title(await call.answer())
    except InferenceError as error:
        logger.warning("No title for %s: %s", conversation.pk, type(error).__name__)
    except asyncio.CancelledError:
        await background.in_thread(call.settle)  # else it would count as the most that it can cost
        raise
    await background.in_thread(_save, conversation, title, call)


def _save(conversation: Conversation, title: str, call: ShortCall) -> None:
    with transaction.atomic():
        is_changed = bool(title) and conversation.suggest_title(title)
        call.settle()
    if is_changed:
        events.conversation_changed(conversation)
