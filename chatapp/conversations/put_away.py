"""Pages of the conversations that the sidebar doesn't list: the archive and the trash."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse

from chatapp.accounts.models import Person
from chatapp.conversations.keyset import Cursor
from chatapp.conversations.models import Conversation, trash

PER_PAGE = 30
COLUMNS = ("title", "active_at", "trashed_at", "archived_at")


@dataclass(frozen=True, slots=True)
class PutAwayPage:
    conversations: list[Conversation]
    more_url: str


def archive_page(person: Person, before: str = "") -> PutAwayPage:
    """Return archived conversations, the most recently active ones first."""
    rows = Conversation.objects.filter(owner=person).archived().newest_first()
    if cursor := Cursor.read(before):
        rows = rows.filter(cursor.after("active_at"))
    found = list(rows.only(*COLUMNS)[: PER_PAGE + 1])
    ends = [Cursor(each.active_at, each.pk) for each in found]
    return _page("archive", found, ends)


def trash_page(person: Person, now: datetime, before: str = "") -> PutAwayPage:
    """Return conversations in the trash, the last trashed first, with their `days_left`."""
    rows = Conversation.objects.filter(owner=person).in_trash()
    if cursor := Cursor.read(before):
        rows = rows.filter(cursor.after("trashed_at"))
    found = list(rows.only(*COLUMNS)[: PER_PAGE + 1])
    ends = []
    for each in found:
        trashed_at = each.trashed_at or now
        each.days_left = days_left(trashed_at, now)
        ends.append(Cursor(trashed_at, each.pk))
    return _page("trash", found, ends)


def days_left(trashed_at: datetime, now: datetime) -> int:
    """Return how many days, the last one included, a conversation stays in the trash."""
    return max(1, math.ceil((trashed_at + trash.KEPT - now) / timedelta(days=1)))


def _page(name: str, found: list[Conversation], ends: list[Cursor]) -> PutAwayPage:
    more = f"{reverse(name)}?before={ends[PER_PAGE - 1]}" if len(found) > PER_PAGE else ""
    return PutAwayPage(found[:PER_PAGE], more)
