"""What the usage pages show of one month: its sums, by model, purpose, chat and person.

All tables of a page are parts of the same sums, so their rows add up to its totals. Look at it
where the kept sums are up to date.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatapp.accounts.models import Person
from chatapp.conversations.models import Conversation
from chatapp.inference.catalog import known_or_guessed
from chatapp.retirement import offers
from chatapp.spending.days import Month, today
from chatapp.spending.models import ChatSum, ModelCall, Purpose
from chatapp.spending.models.kept_sums import NO_CHAT
from chatapp.spending.sums import DayPart, Sums, daily, ended_calls, total

CHATS_SHOWN = 20
CALLS_SHOWN = 30
# Calls that nobody sees an answer of.
HIDDEN = (Purpose.TITLE, Purpose.IMAGE_TEST, Purpose.DIAGNOSTICS)
PURPOSES = {
    Purpose.REPLY: _("Replies"),
    Purpose.TOOL_ROUND: _("Replies, after tool calls"),
    Purpose.TITLE: _("Titles of chats"),
    Purpose.IMAGE_TEST: _("Tests whether the service gets images"),
    Purpose.DIAGNOSTICS: _("Diagnostics"),
}


class Row(NamedTuple):
    label: str
    sums: Sums
    url: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """A month of one person, or of everybody."""

    month: Month
    today: Sums
    total: Sums
    days: list[tuple[date, Sums]]  # of the chart
    models: list[Row]
    purposes: list[Row]


def usage_of(person: Person | None, month: Month) -> Usage:
    """Return the usage of a person, or of everybody, in one query of the kept sums."""
    shown = month.days_shown
    parts = daily(person, min(month.first, shown[0]), month.end)
    in_month = [part for part in parts if month.first <= part.day < month.end]
    now = today()
    of_day: defaultdict[date, list[Sums]] = defaultdict(list)
    for part in parts:
        of_day[part.day].append(part.sums)
    return Usage(
        month,
        today=total(of_day[now]),
        total=total(part.sums for part in in_month),
        days=[(day, total(of_day[day])) for day in shown],
        models=_rows(in_month, lambda part: model_label(part.model)),
        purposes=_rows(in_month, lambda part: purpose_label(part.purpose)),
    )


def chats_of(person: Person, usage: Usage) -> list[Row]:
    """Return the person's most expensive chats of a month, and everything else in the last rows."""
    sums = ChatSum.objects.filter(person=person, month=usage.month.first)
    chats = sums.exclude(conversation_id=NO_CHAT).order_by("-cost", "-output_tokens")[:CHATS_SHOWN]
    shown = [(chat.conversation_id, Sums.of(chat)) for chat in chats]
    without = total(map(Sums.of, sums.filter(conversation_id=NO_CHAT)))
    other = usage.total - without - total(each for _chat, each in shown)
    present = Conversation.objects.of(person).in_bulk([chat for chat, _sums in shown])
    rows = [_chat_row(present.get(chat), each) for chat, each in shown]
    return rows + _rest(_("Other chats"), other) + _rest(_("No chat"), without)


def hidden_calls(person: Person | None, month: Month) -> list[ModelCall]:
    """Return the latest calls of a month that nobody sees an answer of."""
    calls = ended_calls(person, month.first, month.end).filter(purpose__in=HIDDEN)
    return list(calls.select_related("person").order_by("-begun_at")[:CALLS_SHOWN])


def model_label(model_id: str) -> str:
    return (offers.find_known(model_id) or known_or_guessed(model_id)).label


def purpose_label(purpose: str) -> str:
    return str(PURPOSES.get(Purpose(purpose), purpose)) if purpose in Purpose else purpose


def _rows(parts: Sequence[DayPart], label_of: Callable[[DayPart], str]) -> list[Row]:
    sums: dict[str, Sums] = {}
    for part in parts:
        label = label_of(part)
        sums[label] = sums.get(label, Sums()) + part.sums
    rows = [Row(label, each) for label, each in sums.items()]
    return sorted(rows, key=lambda row: (row.sums.cost, row.sums.tokens), reverse=True)


def _chat_row(conversation: Conversation | None, sums: Sums) -> Row:
    if conversation is None:
        return Row(gettext("Deleted chat"), sums)
    return Row(conversation.display_title, sums, conversation.get_absolute_url())


def _rest(label: Any, rest: Sums) -> list[Row]:
    return [Row(str(label), rest)] if rest.calls else []
