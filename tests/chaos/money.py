"""Check the ledger and the budgets of a run: every call is settled once, and every sum is right.

The caps are far above what a run can cost. They are there so that every process reserves and gives
back, also around kills.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.chaos.record import Record
from tests.chaos.violation import Violation

OF_REPLIES = ("reply", "tool_round")
SET_CAPS = """
    INSERT INTO spending_cap (kind, role, period, amount, changed_at)
    VALUES ('instance', '', 'day', 1e11, now() - interval '1 hour'),
        ('instance', '', 'month', 1e11, now() - interval '1 hour'),
        ('role', 'owner', 'day', 1e11, now() - interval '1 hour'),
        ('role', 'member', 'day', 1e11, now() - interval '1 hour')
"""


def money_violations(record: Record) -> Iterator[Violation]:
    yield from _replies(record)
    yield from _budgets(record)


def _replies(record: Record) -> Iterator[Violation]:
    copies = {copy.conversation for copy in record.copies}
    calls = defaultdict(list)
    for call in record.model_calls:
        if call.purpose in OF_REPLIES:
            calls[call.reply].append(call)
    for row in record.rows:
        if row.role != "assistant" or row.conversation in copies:
            continue
        made = calls.pop(row.id, [])
        if row.status == "complete" and not made:
            yield Violation("reply without a call", row.id)
        if any(call.state == "running" for call in made):
            yield Violation("call that was not settled", f"of {row.id}, {row.status}")
        found = sum(call.tokens for call in made)
        if found != row.tokens:
            yield Violation("tokens that differ", f"{row.id}: {found}, the reply has {row.tokens}")


def _budgets(record: Record) -> Iterator[Violation]:
    """Each budget is the sum of what its calls have cost or reserved."""
    sums: Counter[str] = Counter()
    for call in record.model_calls:
        for whose in filter(None, ("site", call.person)):
            sums[f"{whose}:day:{call.day}"] += call.committed
            sums[f"{whose}:month:{call.day[:8]}01"] += call.committed
    for key, used in record.budgets.items():
        if used != sums[key]:
            yield Violation("budget that differs", f"{key}: {used}, its calls have {sums[key]}")
    if record.model_calls and not record.budgets:
        yield Violation("budget that differs", "there is none")
