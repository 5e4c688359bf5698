"""Short chaos run of people who want more than the model's quota, and the rules for it."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos import plan
from tests.chaos.checker import violations
from tests.chaos.line import line_violations
from tests.chaos.question import Question
from tests.chaos.record import ModelRequest, Record, Row
from tests.chaos.run import play
from tests.servers.marks import needs_postgres, needs_redis

# As long as it takes to play each fault once.
PLAN = replace(plan.one_quota(seed=5, seconds=120), rounds=1)


def requests_at(*starts: float) -> Record:
    record = Record(begin=0.0, over=40.0, end=100.0)
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


def asked_at(**times: tuple[float, float]) -> Record:
    """Return a record in which one person asked for replies, and the model was asked for them."""
    record = Record(begin=0.0, begin_unix=1000.0, end=200.0)
    for run, (asked, begun) in times.items():
        record.requests.append(ModelRequest(run, begun, 0, True))
        fields = ("c", None, 0, True)
        question = str(Question(run, 10, 5.0))
        record.rows.append(Row(f"m{run}", *fields, "user", "complete", question))
        reply = Row(f"r{run}", "c", f"m{run}", 1, True, "assistant", "complete", "", owner="o")
        reply.created_at = 1000.0 + asked
        record.rows.append(reply)
    return record


@pytest.mark.parametrize(
    ("times", "rules"),
    [
        ({"a": (1.0, 5.0), "b": (2.0, 4.0)}, []),  # asked for at nearly the same time
        ({"a": (1.0, 30.0), "b": (5.0, 31.0)}, []),
        ({"a": (1.0, 50.0), "b": (25.0, 40.0)}, ["overtaken in the line"]),
        ({"a": (1.0, 63.0)}, ["waited too long"]),
    ],
)
def test_replies_that_lose_their_place_are_found(
    times: dict[str, tuple[float, float]], rules: list[str]
) -> None:
    record = asked_at(**times)
    still = {"line stood still"}  # there are only these requests
    found = [violation.rule for violation in line_violations(record, PLAN)]
    assert [rule for rule in found if rule not in still] == rules


@pytest.mark.long
@needs_postgres
@needs_redis
@pytest.mark.timeout(240)
def test_everybody_gets_an_answer_whatever_dies(tmp_path: Path) -> None:
    record = play(PLAN, tmp_path)
    assert violations(record, PLAN.recovery_seconds) == []
    assert list(line_violations(record, PLAN)) == []
    assert not set(PLAN.round) - set(record.counts)
