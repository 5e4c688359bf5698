"""Add calls that have ended to the sums that are kept: of days, of chats, and of budgets.

A call ends without writing any sum. It is added later, in portions and in one transaction with its
mark, so the kept sums and the calls without a mark are always all there is. Whoever needs the sum
of now either adds those calls up too, as caps do, or waits until there are none, as pages do.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction

from chatapp.spending import caps, locks
from chatapp.spending.models import Budget, ChatSum, DaySum, ModelCall, SummedZone
from chatapp.spending.models.kept_sums import NO_CHAT
from chatapp.spending.periods import Period, first_day, zone
from chatapp.spending.sums import NAMES, Sums

AT_ONCE = 1_000  # calls in one transaction
LOCK = "kept sums"
COLUMNS = (
    *("pk", "person_id", "conversation_id", "model", "purpose", "cost", "reserved"),
    *("input_tokens", "output_tokens", "is_estimated", "begun_at"),
)
ADD = """
    INSERT INTO {table} ({columns}) VALUES ({marks}) ON CONFLICT ({key}) DO UPDATE SET {added}
"""


def update() -> None:
    """Add all calls that have ended."""
    is_done = False
    while not is_done:
        with transaction.atomic():
            locks.take(LOCK)
            is_done = _add_some() < AT_ONCE


@contextmanager
def up_to_date() -> Iterator[None]:
    """Let the block read sums that contain all calls that have ended, and that nobody adds to, so
    that all it reads fits together. Keep it short: SQLite has one writer."""
    while True:
        with transaction.atomic():
            locks.take(LOCK)
            if _add_some() < AT_ONCE:
                yield
                return


def _add_some() -> int:
    """Add some calls, and return how many. Call it under the lock."""
    _begin_anew_in_another_zone()
    calls = list(ModelCall.objects.to_sum().values_list(*COLUMNS, named=True)[:AT_ONCE])
    if calls:
        ModelCall.objects.filter(pk__in=[call.pk for call in calls]).update(unsummed=None)
        _add(DaySum, _days(calls))
        _add(ChatSum, _chats(calls))
        _add(Budget, _budgets(calls))
    return len(calls)


def _begin_anew_in_another_zone() -> None:
    """Forget all sums once CHAT_TIME_ZONE has changed, because each day has other calls then."""
    if SummedZone.objects.filter(pk=zone().key).exists():
        return
    for model in (SummedZone, DaySum, ChatSum, Budget):
        model.objects.all().delete()
    ModelCall.objects.filter(unsummed=None).update(unsummed=1)
    SummedZone.objects.create(name=zone().key)


def _days(calls: Iterable[Any]) -> list[DaySum]:
    sums: defaultdict[tuple[Any, ...], Sums] = defaultdict(Sums)
    for call in calls:
        day = first_day(Period.DAY, call.begun_at)
        sums[call.person_id, day, call.model, call.purpose] += _sums(call)
    return [
        DaySum(person_id=person, day=day, model=model, purpose=purpose, **_values(each))
        for (person, day, model, purpose), each in sums.items()
    ]


def _chats(calls: Iterable[Any]) -> list[ChatSum]:
    """Return the sums of chats; nobody sees those of people who are gone."""
    sums: defaultdict[tuple[Any, ...], Sums] = defaultdict(Sums)
    for call in calls:
        if call.person_id:
            month = first_day(Period.MONTH, call.begun_at)
            sums[call.person_id, month, call.conversation_id or NO_CHAT] += _sums(call)
    return [
        ChatSum(person_id=person, month=month, conversation_id=chat, **_values(each))
        for (person, month, chat), each in sums.items()
    ]


def _budgets(calls: Iterable[Any]) -> list[Budget]:
    used: Counter[str] = Counter()
    for call in calls:
        for key in caps.keys_of(call.person_id, call.begun_at):
            used[key] += call.reserved if call.cost is None else call.cost
    now = int(time.time())
    # Sorted, because `Budget.objects.warn` locks the same rows.
    return [Budget(key=key, used=amount, created=now) for key, amount in sorted(used.items())]


def _sums(call: Any) -> Sums:
    return Sums(
        calls=1,
        cost=call.cost or 0,
        input_tokens=call.input_tokens,
        output_tokens=call.output_tokens,
        estimated=int(call.is_estimated),
        unpriced=int(call.cost is None),
    )


def _values(sums: Sums) -> dict[str, int]:
    return {name: getattr(sums, name) for name in NAMES}


def _add(model: Any, rows: Collection[models.Model]) -> None:
    """Insert rows, or add them to those that there are."""
    if not rows:
        return
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not _is_numbered(field)]
    table = quote(model._meta.db_table)
    added = [quote(model._meta.get_field(name).column) for name in model.ADDED]
    statement = ADD.format(
        table=table,
        columns=", ".join(quote(field.column) for field in fields),
        marks=", ".join(["%s"] * len(fields)),
        key=", ".join(quote(model._meta.get_field(name).column) for name in model.KEY),
        added=", ".join(f"{each} = {table}.{each} + excluded.{each}" for each in added),
    )
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        for row in rows
    ]
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _is_numbered(field: Any) -> bool:
    return isinstance(field, models.AutoField | models.BigAutoField)
