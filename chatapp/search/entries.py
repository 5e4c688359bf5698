"""Make the entries of messages and titles."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chatapp.conversations.models import Attachment, Conversation, Message, ToolCallImage
from chatapp.conversations.models.progress import RUNNING, Status
from chatapp.images.models import Image
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


@dataclass(slots=True)
class Attached:
    """The names, descriptions and links of what belongs to a message, and the filters that find
    it."""

    texts: list[str] = field(default_factory=list)
    filters: set[str] = field(default_factory=set)

    def add(self, attachment: Attachment) -> None:
        if document := attachment.document:
            self.filters.add(filter_tokens.DOCUMENT)
            self.texts += [document.name, document.title]
        elif attachment.image:
            self.add_image(attachment.image)
        else:
            self.filters.add(filter_tokens.IMAGE)
            self.texts.append(attachment.link)

    def add_image(self, image: Image) -> None:
        self.filters.add(filter_tokens.IMAGE)
        self.texts += [image.alt, image.name]


def message_entries(
    messages: Iterable[Message], owners: Mapping[UUID, UUID], *, are_new: bool = False
) -> list[SearchEntry]:
    """Return the entries of those messages that have ended; `owners` are by conversation.

    The attachments of new messages are known without a query.
    """
    ended = [each for each in messages if each.status not in UNFINISHED]
    attached = _known(ended) if are_new else attached_to(ended)
    return [_entry(each, owners[each.conversation_id], attached[each.pk]) for each in ended]


def have_documents(entries: Iterable[SearchEntry]) -> bool:
    return any(filter_tokens.DOCUMENT in each.tokens for each in entries)


def attached_to(messages: Sequence[Message]) -> Mapping[UUID, Attached]:
    """Return what belongs to messages, by message."""
    found: dict[UUID, Attached] = defaultdict(Attached)
    several = [message.pk for message in messages if not message.is_plain]
    if not several:
        return found
    rows = Attachment.objects.filter(message__in=several).select_related("image", "document")
    for attachment in rows:
        if attachment.message_id:
            found[attachment.message_id].add(attachment)
    for made in ToolCallImage.objects.filter(tool_call__reply__in=several).select_related(
        "image", "tool_call"
    ):
        found[made.tool_call.reply_id].add_image(made.image)
    return found


def _known(messages: Sequence[Message]) -> Mapping[UUID, Attached]:
    found: dict[UUID, Attached] = defaultdict(Attached)
    for message in messages:
        if not message.is_plain:
            for attachment in message.attachments.all():
                found[message.pk].add(attachment)
    return found


def _entry(message: Message, owner_id: UUID, attached: Attached) -> SearchEntry:
    filters = [
        filter_tokens.message_of(owner_id),
        filter_tokens.in_conversation(message.conversation_id),
        *sorted(attached.filters),
    ]
    if any(fence in message.text for fence in FENCES):
        filters.append(filter_tokens.CODE)
    if message.model:
        filters += [filter_tokens.MODEL + token for token in tokens_of([message.model])]
    return SearchEntry(
        id=entry_keys.key_of(message.created_at, message.pk),
        owner_id=owner_id,
        conversation_id=message.conversation_id,
        message_id=message.pk,
        tokens=[*filters, *_tokens(message.text), *tokens_of(attached.texts)],
    )


def _tokens(text: str) -> list[str]:
    if getattr(_prepared, "text", None) == text:
        found: list[str] = _prepared.tokens
        del _prepared.text, _prepared.tokens
        return found
    return tokens_of([text])
