"""The price of replies, for the line of details behind each."""

from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext

from chatapp.spending.models import ModelCall, Purpose
from chatapp.spending.money import small_dollars

ANSWERS = (Purpose.REPLY, Purpose.TOOL_ROUND)


def costs_of(replies: Collection[UUID]) -> dict[UUID, str]:
    """Return the price of each of these replies whose calls all have one, in one query.

    Those that cost nothing have none: a reply that was stopped at once, and the demo model's.
    """
    calls = ModelCall.objects.filter(reply_id__in=replies, purpose__in=ANSWERS)
    rows = calls.values("reply_id").annotate(
        estimated=Count("pk", filter=Q(is_estimated=True)),
        unknown=Count("pk", filter=Q(cost=None)),
        cost=Sum("cost"),
    )
    return {
        row["reply_id"]: reply_price(int(row["cost"]), is_estimated=bool(row["estimated"]))
        for row in rows
        if row["reply_id"] and row["cost"] and not row["unknown"]
    }


def together(costs: Sequence[int | None], *, is_estimated: bool) -> str:
    """Return the price of a reply that made just these calls, empty as above."""
    cost = 0 if None in costs else sum(filter(None, costs))
    return reply_price(cost, is_estimated=is_estimated) if cost else ""


def reply_price(cost: int, *, is_estimated: bool) -> str:
    price = small_dollars(cost)
    return gettext("about %s") % price if is_estimated else price
