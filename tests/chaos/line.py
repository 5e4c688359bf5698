"""Check that replies in the line for the model's quota go on, whatever dies."""

from collections.abc import Iterator
from itertools import pairwise

from tests.chaos.plan import MINUTE, Plan
from tests.chaos.record import Record
from tests.chaos.violation import Violation

# The entries of a dead process are gone after its lease of 8 s, and a shared state that failed is
# tried again after 2 s.
MAX_STILL = MINUTE + 8 + 2 + 4  # seconds


def line_violations(record: Record, plan: Plan) -> Iterator[Violation]:
    """Yield when the line stood still while messages waited, as they do all the time.

    That every reply ends, and that none fails for the quota, are rules of every run.
    """
    if not plan.quota:
        return
    over = record.begin + plan.seconds
    starts = sorted(request.start for request in record.requests if request.start < over)
    for first, second in pairwise(starts):
        if second - first > MAX_STILL:
            yield Violation("line stood still", f"for {second - first:.1f} s")
