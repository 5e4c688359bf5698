"""Check that replies in the line for the model's quota go on in their order, whatever dies."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations, pairwise
from typing import NamedTuple

from tests.chaos.plan import MINUTE, Plan
from tests.chaos.question import Question
from tests.chaos.record import Record
from tests.chaos.violation import Violation

# The entries of a dead process are gone after its lease of 8 s, and a shared state that failed is
# tried again after 2 s.
MAX_STILL = MINUTE + 8 + 2 + 4  # seconds
MAX_WAIT = 60.0  # seconds; as many replies as wait at once take a tenth of it


class Turn(NamedTuple):
    """When somebody asked for a reply, and when the model was asked first."""

    run: str
    asked: float
    begun: float


def line_violations(record: Record, plan: Plan) -> Iterator[Violation]:
    """Yield when the line stood still while messages waited, as they do all the time, when a reply
    waited too long, and when a later message of the same person went first.

    That every reply ends, and that none fails for the quota, are rules of every run.
    """
    if not plan.quota:
        return
    over = min(record.over, record.begin + plan.seconds)
    starts = sorted(request.start for request in record.requests if request.start < over)
    for first, second in pairwise(starts):
        if second - first > MAX_STILL:
            yield Violation("line stood still", f"for {second - first:.1f} s")
    for turns in _turns(record).values():
        for turn in turns:
            if turn.begun - turn.asked > MAX_WAIT:
                yield Violation("waited too long", f"{turn.run}: {turn.begun - turn.asked:.1f} s")
        for first, second in combinations(turns, 2):
            # Whoever was let through may die before the model is asked, and has to come back.
            if second.asked - first.asked > MAX_STILL and second.begun < first.begun:
                yield Violation("overtaken in the line", f"{first.run} by {second.run}")


def _turns(record: Record) -> dict[str, list[Turn]]:
    """Return the turns of each person, in the order in which they asked."""
    begun: dict[str, float] = {}
    for request in record.requests:
        begun[request.run] = min(request.start, begun.get(request.run, request.start))
    texts = {row.id: row.text for row in record.rows if row.role == "user"}
    turns: defaultdict[str, dict[str, Turn]] = defaultdict(dict)
    for row in sorted(record.rows, key=lambda row: row.created_at):
        asked = Question.parse(texts.get(row.parent or "", "")) if row.role == "assistant" else None
        if asked and asked.run in begun and asked.run not in turns[row.owner]:
            at = record.begin + row.created_at - record.begin_unix
            turns[row.owner][asked.run] = Turn(asked.run, at, begun[asked.run])
    return {owner: list(found.values()) for owner, found in turns.items()}
