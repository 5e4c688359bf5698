"""Short chaos run of people who want more than the model's quota, and the rules for it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.chaos import plan
from tests.chaos.checker import violations
from tests.chaos.line import line_violations
from tests.chaos.record import ModelRequest, Record
from tests.chaos.run import play
from tests.servers.marks import needs_postgres, needs_redis

PLAN = plan.one_quota(seed=5, seconds=40)


def requests_at(*starts: float) -> Record:
    record = Record(begin=0.0, end=100.0)
    record.requests = [ModelRequest("a0", start, 0, True) for start in starts]
    return record


@pytest.mark.parametrize(
    ("starts", "rules"),
    [
        ((1.0, 2.0, 15.0, 30.0), []),
        ((1.0, 2.0, 25.0), ["line stood still"]),
        ((1.0, 2.0, 55.0), []),  # when nobody begins a conversation any more
    ],
)
def test_a_line_that_stands_still_is_found(starts: Sequence[float], rules: list[str]) -> None:
    found = line_violations(requests_at(*starts), PLAN)
    assert [violation.rule for violation in found] == rules


@pytest.mark.long
@needs_postgres
@needs_redis
@pytest.mark.timeout(240)
def test_everybody_gets_an_answer_whatever_dies(tmp_path: Path) -> None:
    record = play(PLAN, tmp_path)
    assert violations(record, PLAN.recovery_seconds) == []
    assert list(line_violations(record, PLAN)) == []
    assert not set(PLAN.round) - set(record.counts)
