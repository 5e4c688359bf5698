"""Sending: a person's message and the empty reply to it, in one transaction."""

import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone

from chatapp.accounts.models import PersonalInstructions
from chatapp.conversations.models import branches, document_choice, membership
from chatapp.conversations.models.attachment import Attachment, Source
from chatapp.conversations.models.beginning import check_pace, first_words
from chatapp.conversations.models.conversation import Conversation
from chatapp.conversations.models.draft import Draft
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.notices import moved_on
from chatapp.conversations.models.refusals import (
    AwaitsApproval,
    ClientIdUsed,
    ConversationContinued,
    ConversationDeleted,
    ProjectUnavailable,
    ReplyRunning,
)
from chatapp.conversations.models.regeneration import check_ended
from chatapp.conversations.models.settings import ModelSettings
from chatapp.conversations.signals import messages_added, text_prepared
from chatapp.documents.chosen_pages import ChosenPages
from chatapp.documents.models import Document
from chatapp.images.shown_image import ShownImage
from chatapp.inference import ChatMessage
from chatapp.inference.context_window import message_tokens

if TYPE_CHECKING:
    from chatapp.accounts.models import Person


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message to send. Both ids are made in the page.

    `chosen` sets model and thinking of an existing conversation, and all settings of a new one.
    """

    client_id: uuid.UUID
    conversation_id: uuid.UUID
    chosen: ModelSettings
    text: str = ""
    images: tuple[ShownImage, ...] = ()
    documents: tuple[Document | ChosenPages, ...] = ()
    links: tuple[str, ...] = ()
    # The last message that the page shows, None on an empty one. Only checked with `names_parent`.
    parent: uuid.UUID | None = None
    names_parent: bool = False
    # The message that the person has edited: this one becomes a version of it.
    replaces: uuid.UUID | None = None
    # In which a new conversation begins.
    project: uuid.UUID | None = None

    @property
    def begins_conversation(self) -> bool:
        """Return whether the page that sends it shows no message."""
        return self.names_parent and not (self.parent or self.replaces)


@dataclass(frozen=True, slots=True)
class Exchange:
    """A message and the reply to it.

    `created` is False when the same message was sent before, and `ended_drafts` counts drafts that
    the message has ended.
    """

    conversation: Conversation
    message: Message
    reply: Message
    created: bool
    ended_drafts: Sequence[int] = ()


def add_exchange(person: "Person", new: NewMessage, *, begin: bool = False) -> Exchange:
    """Add a message and a queued reply to a conversation, which the first send creates.

    With `begin` this process has taken the reply, which saves it a second transaction.
    One client id is one message: a double click or a retry returns the exchange of the first.
    Raises Conversation.DoesNotExist for somebody else's conversation, ConversationDeleted for a
    deleted one, ConversationContinued when the message doesn't follow the head of the branch,
    ReplyRunning while a reply runs, AwaitsApproval while a tool call awaits approval, ClientIdUsed
    when the id belongs to another text, TooManyConversations when this would begin one too many,
    ProjectUnavailable when it would begin in a project in which the person may not chat.
    An edited message becomes a version of the old one; it may name another head than its parent.
    """
    text_prepared.send(Message, text=new.text)
    try:
        with transaction.atomic():
            return _add(person, new, begin=begin, is_second_try=False)
    except IntegrityError:
        # A concurrent send created the conversation or used the id. Now its row is visible.
        with transaction.atomic():
            return _add(person, new, begin=begin, is_second_try=True)


def _find(person: "Person", new: NewMessage) -> Exchange | None:
    message = (
        Message.objects.select_related("conversation")
        .filter(author=person, client_id=new.client_id)
        .first()
    )
    if message is None:
        return None
    if not message.conversation.is_present:
        raise ConversationDeleted
    if message.deleted_at:
        raise ConversationContinued
    if message.text != new.text:
        raise ClientIdUsed
    reply = message.children.order_by("-on_branch", "-created_at")[0]
    return Exchange(message.conversation, message, reply, created=False)


def _add(person: "Person", new: NewMessage, *, begin: bool, is_second_try: bool) -> Exchange:
    # Nearly always the id is new with its conversation; otherwise a constraint reports it.
    begins = new.begins_conversation and not is_second_try
    conversation = None if begins else _lock(person, new)
    if (conversation or is_second_try) and (earlier := _find(person, new)):
        return earlier
    head = conversation.branch.last() if conversation else None
    _check_parent(conversation, head, new)
    old = _edited(conversation, head, new)
    parent = old.parent if old else head
    is_new = conversation is None
    model_before = conversation.model if conversation else ""
    conversation = _continue(conversation, new) if conversation else _begin(person, new)
    message = Message(
        conversation=conversation,
        parent=parent,
        position=parent.position + 1 if parent else 0,
        role=Message.Role.USER,
        status=Message.Status.COMPLETE,
        text=new.text,
        estimated_tokens=message_tokens(ChatMessage.from_text("user", new.text)),
        is_plain=not (new.images or new.documents or new.links),
        author=person,
        client_id=new.client_id,
        changes=parent.changes_for(conversation.chosen) if parent else {},
    )
    if old:
        branches.replace(old, message)
    reply = Message.queued_reply(conversation, message, conversation.chosen)
    reply.notices = moved_on(model_before, reply.model)
    if begin:
        reply.begin_unsaved()
    Message.objects.bulk_create([message, reply])
    _attach(message, new)
    messages_added.send(
        Message, conversation=conversation, messages=[message, reply], is_new=is_new
    )
    ended = Draft.objects.end(person, new.client_id)
    return Exchange(conversation, message, reply, created=True, ended_drafts=ended)


def _lock(person: "Person", new: NewMessage) -> Conversation | None:
    conversation: Conversation | None = (
        Conversation.objects.select_for_update().filter(pk=new.conversation_id).first()
    )
    if conversation and conversation.owner_id != person.pk:
        raise Conversation.DoesNotExist
    if conversation and not conversation.is_present:
        raise ConversationDeleted
    if conversation:
        conversation.owner = person
    return conversation


def _check_parent(conversation: Conversation | None, head: Message | None, new: NewMessage) -> None:
    """Raise unless the message follows the head of the branch."""
    if new.names_parent and new.parent and conversation is None:
        raise ConversationDeleted
    if new.names_parent and new.parent != (head.pk if head else None):
        raise ConversationContinued
    if new.replaces:
        return
    if head and head.status == Message.Status.WAITING:
        raise AwaitsApproval
    if head and head.is_running:
        raise ReplyRunning


def _edited(
    conversation: Conversation | None, head: Message | None, new: NewMessage
) -> Message | None:
    """Return the message that was edited, whose reply may still be stopping."""
    if new.replaces is None:
        return None
    if conversation is None or head is None:
        raise ConversationDeleted
    own = conversation.branch.select_related("parent").filter(role=Message.Role.USER)
    old: Message | None = own.filter(pk=new.replaces).first()
    if old is None:
        raise ConversationContinued
    check_ended(head)
    return old


def _begin(person: "Person", new: NewMessage) -> Conversation:
    check_pace(person)
    project = membership.lock_usable(person, new.project) if new.project else None
    if new.project and project is None:
        raise ProjectUnavailable
    return Conversation.objects.create(
        id=new.conversation_id,
        owner=person,
        title=first_words(new.text),
        is_unread=True,
        personal_instructions=PersonalInstructions.objects.of(person).text,
        project=project,
        **asdict(new.chosen),
    )


def _continue(conversation: Conversation, new: NewMessage) -> Conversation:
    """Move the conversation to the top, out of the archive, with the model that was chosen last."""
    conversation.active_at = timezone.now()
    conversation.archived_at = None
    conversation.is_unread = True
    conversation.model = new.chosen.model
    conversation.thinking = new.chosen.thinking
    columns = ["active_at", "archived_at", "is_unread", "model", "thinking"]
    conversation.save(update_fields=columns)
    return conversation


def _attach(message: Message, new: NewMessage) -> None:
    sources: list[Source] = [*new.images, *new.documents, *new.links]
    attachments = [Attachment.of(source) for source in sources]
    for position, attachment in enumerate(attachments):
        attachment.message = message
        attachment.position = position
    document_choice.choose(message.conversation, attachments)
    Attachment.objects.bulk_create(attachments)
    # As `prefetch_related` does: neither the page nor the prompt needs to read them again.
    written = message.attachments.all()
    written._result_cache = attachments
    message._prefetched_objects_cache = {"attachments": written}  # type: ignore[attr-defined]
