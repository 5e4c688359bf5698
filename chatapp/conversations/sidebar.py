"""One page of the list of conversations: the pinned ones on top, the others by date.

Its cost doesn't grow with the number of conversations.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from chatapp.accounts.models import Person
from chatapp.conversations.keyset import Cursor
from chatapp.conversations.models import Conversation, Message
from chatapp.conversations.models.arrangement import MAX_PINNED
from chatapp.conversations.models.conversation import ConversationQuerySet
from chatapp.conversations.models.progress import RUNNING

CONVERSATIONS_PER_PAGE = 30
COLUMNS = ("title", "active_at", "pinned_at", "archived_at", "is_unread", "project")

type Group = tuple[str, list[Conversation]]


@dataclass(frozen=True, slots=True)
class ConversationPage:
    groups: list[Group]
    more_url: str


def conversation_page(
    person: Person, before: str = "", current: Conversation | None = None
) -> ConversationPage:
    """Return the pinned and the most recently active conversations, or those after a cursor.

    The current one is always among them, unless it is in a project: an older or archived one comes
    last.
    """
    rows = Conversation.objects.filter(owner=person)
    cursor = Cursor.read(before)
    pinned = [] if cursor else list(rows.pinned().only(*COLUMNS)[:MAX_PINNED])
    found = list(_listed(rows, cursor)[: CONVERSATIONS_PER_PAGE + 1])
    shown = found[:CONVERSATIONS_PER_PAGE]
    more_url = ""
    if len(found) > CONVERSATIONS_PER_PAGE:
        last = Cursor(shown[-1].active_at, shown[-1].pk)
        more_url = f"{reverse('conversations')}?before={last}"
    archived = [current] if current and current.archived_at else []
    if current and _is_older(current, shown):
        shown.append(current)
    mark_running([*pinned, *shown, *archived])
    groups = [(_("Pinned"), pinned), *_by_date(shown), (_("Archived"), archived)]
    return ConversationPage([group for group in groups if group[1]], more_url)


def _listed(rows: ConversationQuerySet, cursor: Cursor | None) -> ConversationQuerySet:
    listed = rows.listed().newest_first().only(*COLUMNS)
    return listed.filter(cursor.after("active_at")) if cursor else listed


def _is_older(current: Conversation, shown: list[Conversation]) -> bool:
    is_elsewhere = current.pinned_at or current.archived_at or current.project_id
    if is_elsewhere or not shown or current in shown:
        return False
    return current.active_at <= shown[-1].active_at


def mark_running(conversations: Sequence[Conversation]) -> None:
    """Set `is_running`. A reply that runs is unread, so only heads of unread ones are looked up,
    each by an index."""
    unread = [conversation.pk for conversation in conversations if conversation.is_unread]
    branch = Message.objects.filter(conversation=OuterRef("pk"), on_branch=True)
    heads = Conversation.objects.filter(pk__in=unread).annotate(
        head_status=Subquery(branch.order_by("-position").values("status")[:1])
    )
    statuses: dict[UUID, str] = dict(heads.values_list("pk", "head_status"))
    for conversation in conversations:
        conversation.is_running = statuses.get(conversation.pk) in RUNNING


def _by_date(rows: list[Conversation]) -> list[Group]:
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
