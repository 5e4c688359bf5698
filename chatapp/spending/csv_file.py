"""The calls of a month as a CSV file, sent while it is read."""

from collections.abc import AsyncIterator, Sequence

from django.db.models import Q

from chatapp import background
from chatapp.accounts.models import Person
from chatapp.server import csv_cells
from chatapp.spending.days import Month
from chatapp.spending.models import ModelCall
from chatapp.spending.money import exact_dollars
from chatapp.spending.periods import zone
from chatapp.spending.sums import ended_calls

ROWS_AT_ONCE = 1_000
COLUMNS = (
    *("time", "person", "purpose", "conversation", "reply", "model", "model_asked"),
    *("model_answered", "input_tokens", "cached_tokens", "output_tokens", "thinking_tokens"),
    *("estimated", "usd", "usd_per_million_input", "usd_per_million_output", "price_list"),
)


async def csv_file(person: Person | None, month: Month) -> AsyncIterator[str]:
    """Yield the calls of a person, or of everybody, oldest first."""
    yield csv_cells.BYTE_ORDER_MARK + csv_cells.line(COLUMNS)
    last: ModelCall | None = None
    await background.release_connection()  # the reader has its own
    while calls := await background.in_reader_thread(_calls_after, person, month, last):
        yield "".join(csv_cells.line(_cells(call)) for call in calls)
        last = calls[-1]


def _calls_after(person: Person | None, month: Month, last: ModelCall | None) -> list[ModelCall]:
    calls = ended_calls(person, month.first, month.end).select_related("person")
    if last:
        same_time = Q(begun_at=last.begun_at, pk__gt=last.pk)
        calls = calls.filter(Q(begun_at__gt=last.begun_at) | same_time, begun_at__gte=last.begun_at)
    return list(calls.order_by("begun_at", "pk")[:ROWS_AT_ONCE])


def _cells(call: ModelCall) -> Sequence[str]:
    return (
        call.begun_at.astimezone(zone()).isoformat(timespec="seconds"),
        call.person.email if call.person else "",
        call.purpose,
        str(call.conversation_id or ""),
        str(call.reply_id or ""),
        call.model,
        call.model_asked,
        call.model_answered,
        *map(str, (call.input_tokens, call.cached_tokens)),
        *map(str, (call.output_tokens, call.thinking_tokens)),
        "yes" if call.is_estimated else "no",
        *map(_amount, (call.cost, call.input_price, call.output_price)),
        call.price_version,
    )


def _amount(micro: int | None) -> str:
    return "" if micro is None else exact_dollars(micro)
