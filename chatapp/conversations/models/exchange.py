"""Sending: a person's message and the empty reply to it, in one transaction."""

import uuid
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.draft import Draft
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.settings import ModelSettings

if TYPE_CHECKING:
    from chatapp.accounts.models import Person
    from chatapp.images.models import Image


# Until the model has found a title, the conversation is called by its first words.
EXCERPT = 300  # characters looked at
FIRST_TITLE = 60  # characters kept


class ClientIdUsed(Exception):
    """This client id has sent another text: the page is an old copy; nothing was added."""


class ReplyRunning(Exception):
    """A reply runs in this conversation; nothing was added."""


class AwaitsApproval(Exception):
    """A tool waits for the person's word in this conversation; nothing was added."""


class ConversationContinued(Exception):
    """The conversation has messages that the page does not show; nothing was added."""


class ConversationDeleted(Exception):
    """The page shows a conversation that was deleted since; nothing was added."""


@dataclass(frozen=True, slots=True)
class NewMessage:
    """What a person sends. Both ids are made in the page.

    An existing conversation takes model and thinking from it, a new one all that was chosen.
    """

    client_id: uuid.UUID
    conversation_id: uuid.UUID
    chosen: ModelSettings
    text: str = ""
    images: "tuple[Image, ...]" = ()
    links: tuple[str, ...] = ()
    # The last message that the page shows, None on an empty one. A page of an earlier release
    # tells none, and is not checked.
    parent: uuid.UUID | None = None
    names_parent: bool = False


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and the reply to it; `created` is False when the same send came before."""

    conversation: Conversation
    message: Message
    reply: Message
    created: bool


def add_exchange(person: "Person", new: NewMessage) -> Exchange:
    """Adds a message and a queued reply to a conversation, which the first send creates.

    One client id is one message: a double click or a retry gives the exchange of the first.
    Raises Conversation.DoesNotExist for somebody else's conversation, ConversationDeleted for one
    that was deleted, ConversationContinued when the message does not follow the head of the branch,
    ReplyRunning while a reply runs there, AwaitsApproval while one waits for an approval,
    ClientIdUsed when the id belongs to another text.
    """
    try:
        with transaction.atomic():
            return _add(person, new)
    except IntegrityError:
        # Another send made the conversation, or took the id, a moment ago. Now it can be seen.
        with transaction.atomic():
            return _add(person, new)


def _find(person: "Person", new: NewMessage) -> Exchange | None:
    message = (
        Message.objects.select_related("conversation")
        .filter(author=person, client_id=new.client_id)
        .first()
    )
    if message is None:
        return None
    if message.text != new.text:
        raise ClientIdUsed
    reply = message.children.order_by("-on_branch", "-created_at")[0]
    return Exchange(message.conversation, message, reply, created=False)


def _add(person: "Person", new: NewMessage) -> Exchange:
    conversation = _lock(person, new)
    if earlier := _find(person, new):
        return earlier
    head = conversation.branch.last() if conversation else None
    _check_place(conversation, head, new)
    conversation = _go_on(conversation, new) if conversation else _begin(person, new)
    message = Message(
        conversation=conversation,
        parent=head,
        position=head.position + 1 if head else 0,
        role=Message.Role.USER,
        status=Message.Status.COMPLETE,
        text=new.text,
        author=person,
        client_id=new.client_id,
        changes=head.changes_for(conversation.chosen) if head else {},
    )
    reply = Message.queued_reply(conversation, message, conversation.chosen)
    Message.objects.bulk_create([message, reply])
    _attach(message, new)
    Draft.objects.end(person, new.client_id)
    return Exchange(conversation, message, reply, created=True)


def _lock(person: "Person", new: NewMessage) -> Conversation | None:
    conversation: Conversation | None = (
        Conversation.objects.select_for_update().filter(pk=new.conversation_id).first()
    )
    if conversation and conversation.owner_id != person.pk:
        raise Conversation.DoesNotExist
    return conversation


def _check_place(conversation: Conversation | None, head: Message | None, new: NewMessage) -> None:
    """Lets a message through that follows what its page shows."""
    if new.names_parent and new.parent and conversation is None:
        raise ConversationDeleted
    if new.names_parent and new.parent != (head.pk if head else None):
        raise ConversationContinued
    if head and head.status == Message.Status.WAITING:
        raise AwaitsApproval
    if head and head.is_running:
        raise ReplyRunning


def _begin(person: "Person", new: NewMessage) -> Conversation:
    return Conversation.objects.create(
        id=new.conversation_id, owner=person, title=_first_words(new.text), **asdict(new.chosen)
    )


def _go_on(conversation: Conversation, new: NewMessage) -> Conversation:
    """Moves the conversation to the top, with the model that was chosen last."""
    conversation.active_at = timezone.now()
    conversation.model = new.chosen.model
    conversation.thinking = new.chosen.thinking
    conversation.save(update_fields=["active_at", "model", "thinking"])
    return conversation


def _first_words(text: str) -> str:
    line = " ".join(text[:EXCERPT].split())
    if len(line) <= FIRST_TITLE:
        return line
    # A long first word, as a line of Chinese is one, is cut where it has to be.
    cut = line[:FIRST_TITLE].rsplit(" ", 1)[0]
    return f"{cut}…"


def _attach(message: Message, new: NewMessage) -> None:
    images = [Attachment(image=image) for image in new.images]
    images += [Attachment(link=link) for link in new.links]
    for position, attachment in enumerate(images):
        attachment.message = message
        attachment.position = position
    Attachment.objects.bulk_create(images)
