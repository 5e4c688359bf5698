"""Make the entries of messages and titles."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from chatapp.conversations.models import Attachment, Conversation, Message, ToolCallImage
from chatapp.conversations.models.progress import RUNNING, Status
from chatapp.search import entry_keys, filter_tokens
from chatapp.search.analysis.tokens import tokens_of
from chatapp.search.models import SearchEntry

FENCES = ("```", "~~~")
UNFINISHED = (*RUNNING, Status.WAITING)

_prepared = threading.local()  # `text`, `tokens`: what this thread is about to store


def prepare(text: str) -> None:
    """Find the tokens of a text before the transaction that stores it, which on SQLite stops all
    other writers."""
    _prepared.text, _prepared.tokens = text, tokens_of([text])


def title_entry(conversation: Conversation) -> SearchEntry:
    owner, pk = conversation.owner_id, conversation.pk
    words = (filter_tokens.TITLE_WORD + token for token in tokens_of([conversation.title]))
    return SearchEntry(
        id=entry_keys.key_of(conversation.created_at, pk),
        owner_id=owner,
        conversation_id=pk,
        tokens=[filter_tokens.title_of(owner), filter_tokens.in_conversation(pk), *words],
    )


def message_entries(
    messages: Iterable[Message], owners: Mapping[UUID, UUID], *, are_new: bool = False
) -> list[SearchEntry]:
    """Return the entries of those messages that have ended; `owners` are by conversation.

    The attachments of new messages are known without a query.
    """
    ended = [each for each in messages if each.status not in UNFINISHED]
    names = _known_names(ended) if are_new else image_texts(ended)
    return [_entry(each, owners[each.conversation_id], names[each.pk]) for each in ended]


def image_texts(messages: Sequence[Message]) -> Mapping[UUID, list[str]]:
    """Return the descriptions and file names of images, and the links, by message."""
    texts: dict[UUID, list[str]] = defaultdict(list)
    several = [message.pk for message in messages if not message.is_plain]
    if not several:
        return texts
    for attachment in Attachment.objects.filter(message__in=several).select_related("image"):
        if attachment.message_id:
            texts[attachment.message_id] += _texts_of(attachment)
    for made in ToolCallImage.objects.filter(tool_call__reply__in=several).select_related(
        "image", "tool_call"
    ):
        texts[made.tool_call.reply_id] += [made.image.alt, made.image.name]
    return texts


def _known_names(messages: Sequence[Message]) -> Mapping[UUID, list[str]]:
    texts: dict[UUID, list[str]] = defaultdict(list)
    for message in messages:
        if not message.is_plain:
            for attachment in message.attachments.all():
                texts[message.pk] += _texts_of(attachment)
    return texts


def _texts_of(attachment: Attachment) -> list[str]:
    image = attachment.image
    return [image.alt, image.name] if image else [attachment.link]


def _entry(message: Message, owner_id: UUID, names: list[str]) -> SearchEntry:
    filters = [
        filter_tokens.message_of(owner_id),
        filter_tokens.in_conversation(message.conversation_id),
    ]
    if names:
        filters.append(filter_tokens.IMAGE)
    if any(fence in message.text for fence in FENCES):
        filters.append(filter_tokens.CODE)
    if message.model:
        filters += [filter_tokens.MODEL + token for token in tokens_of([message.model])]
    return SearchEntry(
        id=entry_keys.key_of(message.created_at, message.pk),
        owner_id=owner_id,
        conversation_id=message.conversation_id,
        message_id=message.pk,
        tokens=[*filters, *_tokens(message.text), *tokens_of(names)],
    )


def _tokens(text: str) -> list[str]:
    if getattr(_prepared, "text", None) == text:
        found: list[str] = _prepared.tokens
        del _prepared.text, _prepared.tokens
        return found
    return tokens_of([text])
