"""Branching off: a new conversation that begins with a copy of another one's messages."""

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import models, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from chatapp.conversations.models import branches, membership
from chatapp.conversations.models.attachment import Attachment
from chatapp.conversations.models.beginning import BEGUN_WITHIN, check_pace
from chatapp.conversations.models.conversation import TITLE_LENGTH, Conversation
from chatapp.conversations.models.message import Message
from chatapp.conversations.models.refusals import (
    AwaitsApproval,
    ConversationContinued,
    ConversationDeleted,
    ReplyRunning,
    TooManyConversations,
)
from chatapp.conversations.models.settings import ModelSettings
from chatapp.conversations.models.tool_call import ToolCall
from chatapp.conversations.models.tool_call_image import ToolCallImage
from chatapp.conversations.signals import conversation_restored

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from chatapp.accounts.models import Person

BATCH = 100  # messages; more would keep others from a database that has one writer
MAX_COPIED = 30_000  # messages of one person in the last minute
# A copy that isn't whole counts as deleted, but only from a moment in the future: until then nobody
# removes it, and each batch puts it off.
UNFINISHED = timedelta(minutes=10)


class Copying(NamedTuple):
    """A copy up to the message `last`. `is_new` is False for an id that was asked for before."""

    conversation: Conversation
    last: Message
    is_new: bool
    is_whole: bool


# What a copy doesn't share with its original.
FRESH: "Mapping[str, Any]" = {
    "on_branch": True,
    "shown_at": None,
    "has_news": False,
    "deleted_at": None,
    "leased_by": "",
    "leased_until": None,
    "stop_requested_at": None,
}


def branch_off(message: Message, new_id: uuid.UUID) -> tuple[Conversation, bool]:
    """Copy the messages up to this one, or up to the reply to it, into a new conversation, at once.

    Images are shared. Return the conversation, and whether this call made it whole: the same id
    makes one. Raises as `begin` and `add_batch` do.
    """
    begun = copying = begin(message, new_id)
    while not copying.is_whole:
        copying = add_batch(copying)
    return copying.conversation, begun.is_new or not begun.is_whole


@transaction.atomic
def begin(message: Message, new_id: uuid.UUID) -> Copying:
    """Begin a copy, of which a short branch is all.

    Raises ConversationDeleted, also for a copy that was deleted, ConversationContinued for an id
    that is used already, ReplyRunning, AwaitsApproval, TooManyConversations.
    """
    project = membership.lock_project_of(message.conversation)
    source, head = branches.lock(message)
    if head is None:
        raise ConversationDeleted
    last = _end(message)
    if earlier := Conversation.objects.filter(pk=new_id).first():
        if earlier.owner_id != source.owner_id or earlier.branched_from != last.pk:
            raise ConversationContinued
        if Conversation.objects.present().filter(pk=new_id).exists():
            return Copying(earlier, last, is_new=False, is_whole=True)
        if earlier.deleted_at is None or earlier.deleted_at < timezone.now():
            raise ConversationDeleted
        return Copying(earlier, last, is_new=False, is_whole=False)
    _check_ended(last)
    check_pace(source.owner)
    check_size(source.owner, last.position + 1)
    new = _copy_conversation(source, last, new_id, project)
    copying = Copying(new, last, is_new=True, is_whole=False)
    return add_batch(copying) if last.position < BATCH else copying


@transaction.atomic
def add_batch(copying: Copying) -> Copying:
    """Copy the next messages; the conversation is shown with the last of them.

    Several processes may work on one copy, as after a request that was sent again. Raises
    ConversationDeleted when either conversation is deleted meanwhile, or nobody went on with the
    copy for too long.
    """
    rows = Conversation.objects.select_for_update().filter(pk=copying.conversation.pk)
    new = rows.first()
    if new is None or (new.deleted_at and new.deleted_at < timezone.now()):
        raise ConversationDeleted
    if new.deleted_at is None:
        return copying._replace(is_whole=True)
    is_whole = _copy_messages(new, branches.lineage(copying.last))
    new.deleted_at = None if is_whole else timezone.now() + UNFINISHED
    new.save(update_fields=["deleted_at"])
    if is_whole:
        conversation_restored.send(Conversation, conversation=new)
    return copying._replace(conversation=new, is_whole=is_whole)


def _end(message: Message) -> Message:
    """Return the last message to copy: no conversation ends with a message that has a reply."""
    message.refresh_from_db()
    if message.deleted_at:
        raise ConversationContinued
    if message.role == Message.Role.ASSISTANT:
        return message
    # As in `branches.SHOW`; the two databases sort a missing time differently.
    chosen_last = Coalesce("shown_at", "created_at").desc()
    replies = message.children.filter(deleted_at=None).order_by("-on_branch", chosen_last)
    return replies.first() or message


def _copy_conversation(
    source: Conversation, last: Message, new_id: uuid.UUID, project: Any
) -> Conversation:
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
        deleted_at=timezone.now() + UNFINISHED,
        personal_instructions=source.personal_instructions,
        project=project if project and project.pk == source.project_id else None,
        **chosen,
    )


def _copy_messages(new: Conversation, lineage: "Sequence[uuid.UUID]") -> bool:
    """Copy a batch of these messages after those that are there; return whether it was the last.

    A copy's parent is the one before it.
    """
    newest = new.messages.order_by("-position").values_list("position", "pk").first()
    at, parent_id = (newest[0] + 1, newest[1]) if newest else (0, None)
    wanted = lineage[at : at + BATCH]
    batch = list(Message.objects.filter(pk__in=wanted).order_by("position"))
    if len(batch) < len(wanted):
        raise ConversationDeleted
    copies = []
    for message in batch:
        _check_ended(message)  # it may have been continued since
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
    return at + len(batch) == len(lineage)


def _check_ended(message: Message) -> None:
    if message.status == Message.Status.WAITING:
        raise AwaitsApproval
    if message.is_running:
        raise ReplyRunning


def check_size(owner: "Person", wanted: int) -> None:
    """Raise TooManyConversations when the person would copy too many messages in a minute.

    A copy of a shared chat counts as long as the branch that it shows the end of.
    """
    since = timezone.now() - BEGUN_WITHIN
    recent = Conversation.objects.filter(owner=owner, created_at__gt=since)
    ends = Message.objects.filter(pk__in=recent.exclude(branched_from=None).values("branched_from"))
    # One end may have several copies.
    count = dict(recent.values_list("branched_from").annotate(models.Count("pk")))
    copied = sum((position + 1) * count[pk] for pk, position in ends.values_list("pk", "position"))
    if copied + wanted > MAX_COPIED:
        raise TooManyConversations


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


def _copy[Row: models.Model](row: Row, **values: Any) -> Row:
    """Return a copy of a row with a new key, not saved yet."""
    meta = row._meta
    same = {
        field.attname: getattr(row, field.attname)
        for field in meta.concrete_fields
        if not field.primary_key and not {field.name, field.attname} & values.keys()
    }
    return type(row)(**same, **values)
