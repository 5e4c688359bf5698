"""Branching off: a new conversation that begins with a copy of another one's messages."""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from chatapp.conversations.models import branches
from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.conversation import TITLE_LENGTH, Conversation
from chatapp.conversations.models.exchange import check_pace
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.refusals import (
    AwaitsApproval,
    ConversationContinued,
    ConversationDeleted,
    ReplyRunning,
)
from chatapp.conversations.models.settings import ModelSettings
from chatapp.conversations.models.tool_call import ToolCall
from chatapp.conversations.models.tool_call_image import ToolCallImage
from chatapp.conversations.signals import messages_added

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import Model, QuerySet

BATCH = 200  # messages

# What a copy doesn't share with its original.
FRESH: "Mapping[str, Any]" = {
    "on_branch": True,
    "shown_at": None,
    "has_news": False,
    "leased_by": "",
    "leased_until": None,
    "stop_requested_at": None,
}


@transaction.atomic
def branch_off(message: Message, new_id: uuid.UUID) -> tuple[Conversation, bool]:
    """Copy the messages up to this one, or up to the reply to it, into a new conversation.

    Images are shared. Return the conversation, and whether it is new: the same id makes one. Raises
    ConversationDeleted, ConversationContinued for an id that is used already, ReplyRunning,
    AwaitsApproval, TooManyConversations.
    """
    source, head = branches.lock(message)
    if head is None:
        raise ConversationDeleted
    last = _end(message)
    if earlier := Conversation.objects.filter(pk=new_id).first():
        if earlier.owner_id != source.owner_id or earlier.branched_from != last.pk:
            raise ConversationContinued
        return earlier, False
    if last.status == Message.Status.WAITING:
        raise AwaitsApproval
    if last.is_running:
        raise ReplyRunning
    check_pace(source.owner)
    new = _copy_conversation(source, last, new_id)
    _copy_messages(new, branches.up_to(last, branches.hidden(last)))
    return new, True


def _end(message: Message) -> Message:
    """Return the last message to copy: no conversation ends with a message that has a reply."""
    message.refresh_from_db()
    if message.role == Message.Role.ASSISTANT:
        return message
    # As in `branches.SHOW`; the two databases sort a missing time differently.
    chosen_last = Coalesce("shown_at", "created_at").desc()
    replies = message.children.order_by("-on_branch", chosen_last)
    return replies.first() or message


def _copy_conversation(source: Conversation, last: Message, new_id: uuid.UUID) -> Conversation:
    title = source.display_title
    mark = _("(branch)")
    chosen = {name: getattr(source, name) for name in ModelSettings.__slots__}
    return Conversation.objects.create(
        id=new_id,
        owner_id=source.owner_id,
        title=f"{title[: TITLE_LENGTH - len(mark) - 1]} {mark}",
        # Neither a model nor anybody else has to find another one.
        titled_by=Conversation.TitledBy.PERSON,
        branched_from=last.pk,
        **chosen,
    )


def _copy_messages(new: Conversation, rows: "QuerySet[Message]") -> None:
    """Copy a branch in batches; a copy's parent is the one before it.

    A copy knows only the id of its parent: with the row, every batch would stay in memory.
    """
    parent_id, position = None, 0
    while batch := list(rows.filter(position__gte=position).order_by("position")[:BATCH]):
        copies = []
        for message in batch:
            copy = _copy(
                message,
                conversation=new,
                parent_id=parent_id,
                client_id=message.client_id and uuid.uuid4(),
                **FRESH,
            )
            copies.append(copy)
            parent_id = copy.pk
        Message.objects.bulk_create(copies)
        _copy_parts(dict(zip([message.pk for message in batch], copies, strict=True)))
        messages_added.send(Message, conversation=new, messages=copies, is_new=position == 0)
        position = batch[-1].position + 1


def _copy_parts(copies: "Mapping[uuid.UUID, Message]") -> None:
    """Copy what belongs to these messages: attachments, tool calls and their images."""
    attachments = Attachment.objects.filter(message__in=copies)
    Attachment.objects.bulk_create(
        _copy(each, message=copies[each.message_id]) for each in attachments if each.message_id
    )
    calls = {
        each.pk: _copy(each, reply=copies[each.reply_id])
        for each in ToolCall.objects.filter(reply__in=copies)
    }
    ToolCall.objects.bulk_create(calls.values())
    images: Iterable[ToolCallImage] = ToolCallImage.objects.filter(tool_call__in=calls)
    ToolCallImage.objects.bulk_create(
        _copy(each, tool_call=calls[each.tool_call_id]) for each in images
    )


def _copy[Row: Model](row: Row, **values: Any) -> Row:
    """Return a copy of a row with a new key, not saved yet."""
    meta = row._meta
    same = {
        field.attname: getattr(row, field.attname)
        for field in meta.concrete_fields
        if not field.primary_key and not {field.name, field.attname} & values.keys()
    }
    return type(row)(**same, **values)
