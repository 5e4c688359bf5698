"""Short chaos run: every fault once, and the checker on records with planted violations."""

from pathlib import Path

import pytest

from tests.chaos import plan
from tests.chaos.checker import violations
from tests.chaos.planted import PLANTED, plant
from tests.chaos.run import play
from tests.servers.marks import needs_postgres, needs_redis

PLAN = plan.short(seed=5)


# A single test, so that the run happens once however many workers share the tests.
@needs_postgres
@needs_redis
@pytest.mark.timeout(240)
def test_nothing_is_lost_doubled_or_stuck_whatever_breaks(tmp_path: Path) -> None:
    record = play(PLAN, tmp_path)

    assert violations(record, PLAN.recovery_seconds) == []
    assert not set(PLAN.round) - set(record.counts)
    assert record.changes
    assert len(record.views) >= PLAN.at_once
    for rule, fault in PLANTED.items():
        found = violations(plant(record, fault), PLAN.recovery_seconds)
        assert rule in {violation.rule for violation in found}
