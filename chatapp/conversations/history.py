"""One page of a conversation's branch. Its cost doesn't grow with the length of the branch."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from chatapp.conversations import reply_costs, stored_html
from chatapp.conversations.models import (
    ATTACHED,
    Conversation,
    Message,
    ToolCall,
    branches,
    versions,
)
from chatapp.conversations.models.sources import load_sources

MESSAGES_PER_PAGE = 40


@dataclass(frozen=True, slots=True)
class MessagePage:
    messages: list[Message]
    older_url: str


def message_page(conversation: Conversation, before: int | None = None) -> MessagePage:
    """Return the newest messages of the branch, or those before a position; oldest first."""
    branch = _shown(conversation)
    if before is not None:
        branch = branch.filter(position__lt=before)
    newest = list(branch.order_by("-position")[: MESSAGES_PER_PAGE + 1])
    messages = newest[:MESSAGES_PER_PAGE][::-1]
    stored_html.renew(messages)
    versions.load(messages)
    reply_costs.load(messages)
    load_sources(messages)
    if len(newest) <= MESSAGES_PER_PAGE:
        return MessagePage(messages, older_url="")
    older = reverse("messages", args=[conversation.pk]) + f"?before={messages[0].position}"
    return MessagePage(messages, older)


def messages_after(conversation: Conversation, position: int) -> list[Message]:
    messages = list(_shown(conversation).filter(position__gt=position)[:MESSAGES_PER_PAGE])
    versions.load(messages)
    reply_costs.load(messages)
    load_sources(messages)
    return messages


def first_hidden(conversation: Conversation, head: UUID) -> int | None:
    """Return from which position on a page with this head shows another branch; None if nowhere.

    A head whose row is gone was on a version that was deleted, nobody knows any more where.
    """
    message = Message.objects.filter(conversation=conversation, pk=head).first()
    if message is None:
        return 0
    hidden = branches.hidden(message) if not message.on_branch else []
    return hidden[0].position if hidden else None


def _shown(conversation: Conversation) -> "QuerySet[Message]":
    tool_calls = Prefetch("tool_calls", ToolCall.objects.with_images())
    return conversation.branch.prefetch_related(*ATTACHED, tool_calls)
