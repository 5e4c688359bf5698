"""Check the ledger and the budgets of a run: every call is settled once, and every sum is right.

The caps of people who chat are far above what a run can cost. They are there so that every process
reserves and gives back, also around kills. One person has a small cap, from which `caps.py` spends.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from tests.chaos.caps import CAP
from tests.chaos.record import ModelCall, Record
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
    yield from _sums(record)
    yield from _caps(record)


def ledger_violations(record: Record, replies: Mapping[str, list[str]]) -> Iterator[Violation]:
    """Check that each answer which the model ended is one row of the ledger; `replies` are the ids
    of those that answer each question.

    A process that dies at the end of an answer leaves an estimate. So there may be rows without a
    report, but never an answer without a row, or two reports of one.
    """
    calls = _rows_of_replies(record)
    answers = Counter(asked.run for asked in record.requests if asked.outcome == "complete")
    for run, ids in replies.items():
        rows = [call for reply in ids for call in calls[reply]]
        ended = [call for call in rows if call.state == "ended" and call.tokens]
        reported = sum(not call.is_estimated for call in ended)
        if not reported <= answers[run] <= len(rows):
            found = f"{answers[run]} answers, {len(rows)} rows, {reported} of them reported"
            yield Violation("calls that differ", f"{run}: {found}")


def _replies(record: Record) -> Iterator[Violation]:
    copies = {copy.conversation for copy in record.copies}
    calls = _rows_of_replies(record)
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


def _rows_of_replies(record: Record) -> defaultdict[str, list[ModelCall]]:
    """Return the calls of each reply."""
    calls: defaultdict[str, list[ModelCall]] = defaultdict(list)
    for call in record.model_calls:
        if call.purpose in OF_REPLIES and call.reply:
            calls[call.reply].append(call)
    return calls


def _sums(record: Record) -> Iterator[Violation]:
    """All kept sums are those of the calls with a mark."""
    summed = [call for call in record.model_calls if call.is_summed]
    in_days = len(summed), sum(call.cost for call in summed)
    if record.day_sums != in_days:
        yield Violation("sum that differs", f"{record.day_sums}, the calls have {in_days}")
    sums: Counter[str] = Counter()
    for call in summed:
        for whose in filter(None, ("site", call.person)):
            sums[f"{whose}:day:{call.day}"] += call.committed
            sums[f"{whose}:month:{call.day[:8]}01"] += call.committed
    for key in sorted(sums.keys() | record.budgets):
        used = record.budgets.get(key)
        if (used or 0) != sums[key]:
            yield Violation("budget that differs", f"{key}: {used}, its calls have {sums[key]}")


def _caps(record: Record) -> Iterator[Violation]:
    """At no time more was spent or reserved than the cap allows."""
    if (most := max(record.committed, default=0)) > CAP:
        yield Violation("cap exceeded", f"{most} of {CAP}")
