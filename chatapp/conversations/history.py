"""One page of a conversation's branch, and one page of the list of conversations.

Keyset pages: the cost doesn't grow with the length of either.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.conversations import stored_html
from chatapp.conversations.models import Conversation, Message, ToolCall, branches, versions

MESSAGES_PER_PAGE = 40
CONVERSATIONS_PER_PAGE = 30
CURSOR_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"  # always in UTC, as the database returns it


@dataclass(frozen=True, slots=True)
class MessagePage:
    messages: list[Message]
    older_url: str


@dataclass(frozen=True, slots=True)
class ConversationPage:
    groups: list[tuple[str, list[Conversation]]]
    more_url: str


def message_page(conversation: Conversation, before: int | None = None) -> MessagePage:
    """Return the newest messages of the branch, or those before a position; oldest first."""
    branch = _shown(conversation)
    if before is not None:
        branch = branch.filter(position__lt=before)
    newest = list(branch.order_by("-position")[: MESSAGES_PER_PAGE + 1])
    messages = newest[:MESSAGES_PER_PAGE][::-1]
    stored_html.renew(messages)
    versions.load(messages)
    if len(newest) <= MESSAGES_PER_PAGE:
        return MessagePage(messages, older_url="")
    older = reverse("messages", args=[conversation.pk]) + f"?before={messages[0].position}"
    return MessagePage(messages, older)


def messages_after(conversation: Conversation, position: int) -> list[Message]:
    messages = list(_shown(conversation).filter(position__gt=position)[:MESSAGES_PER_PAGE])
    versions.load(messages)
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


def conversation_page(
    person: Person, before: str = "", current: Conversation | None = None
) -> ConversationPage:
    """Return the most recently active conversations, or those after an earlier page's cursor.

    The current one is always among them: an older one comes last.
    """
    rows = Conversation.objects.of(person).newest_first()
    if cursor := _read_cursor(before):
        at, last = cursor
        rows = rows.filter(Q(active_at__lt=at) | Q(active_at=at, pk__lt=last))
    found = list(rows[: CONVERSATIONS_PER_PAGE + 1])
    shown = found[:CONVERSATIONS_PER_PAGE]
    more = len(found) > CONVERSATIONS_PER_PAGE
    url = f"{reverse('conversations')}?before={_cursor(shown[-1])}" if more else ""
    if current and current not in shown and _is_older(current, shown):
        shown.append(current)
    return ConversationPage(_by_date(shown), url)


def _is_older(current: Conversation, shown: list[Conversation]) -> bool:
    return bool(shown) and current.active_at <= shown[-1].active_at


def _shown(conversation: Conversation) -> "QuerySet[Message]":
    tool_calls = Prefetch("tool_calls", ToolCall.objects.with_images())
    return conversation.branch.prefetch_related("attachments__image", tool_calls)


def _cursor(conversation: Conversation) -> str:
    return f"{conversation.active_at:{CURSOR_TIME}}_{conversation.pk}"


def _read_cursor(cursor: str) -> tuple[datetime, UUID] | None:
    """Read what _cursor wrote; anything else means the first page."""
    at, _separator, pk = cursor.partition("_")
    try:
        return datetime.strptime(at, CURSOR_TIME).replace(tzinfo=UTC), UUID(pk)
    except ValueError:
        return None


def _by_date(rows: list[Conversation]) -> list[tuple[str, list[Conversation]]]:
    today = timezone.localdate()
    return [
        (label, list(group))
        for label, group in groupby(rows, key=lambda row: _label(row.active_at, today))
    ]


def _label(moment: datetime, today: date) -> str:
    day = timezone.localdate(moment)
    if day >= today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    if day > today - timedelta(days=7):
        return _("Previous 7 days")
    if day > today - timedelta(days=30):
        return _("Previous 30 days")
    return date_format(day, "F Y")
