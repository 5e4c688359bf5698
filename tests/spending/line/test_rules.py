"""What happens to a line: entries are let through, refused and ended, and processes die."""

import pytest

from chatapp.inference import Quota, RateLimits
from chatapp.spending.line import rules
from chatapp.spending.line.rules import Tokens
from chatapp.spending.line.state import Limits, State
from tests.spending.line.states import entry, line, move_on


def reported(remaining: int, limit: int = 150) -> RateLimits:
    return RateLimits(Quota(limit, remaining, 1.0), Quota())


def test_as_many_go_as_the_quota_allows_and_the_rest_a_minute_later() -> None:
    waiting = [entry(at=n) for n in range(5)]
    state = line(*waiting)
    assert move_on(state, 0.0) == [one.id for one in waiting[:3]]
    rules.renew(state, "one", 59.9)
    assert move_on(state, 59.9) == []
    assert move_on(state, 60.8) == [one.id for one in waiting[3:]]


def test_tokens_count_like_requests() -> None:
    state = line(entry(at=0, tokens_in=8_000), entry(at=1, tokens_in=3_000))
    assert len(move_on(state, 0.0)) == 1


def test_a_call_that_is_larger_than_the_quota_goes_alone() -> None:
    state = line(entry(tokens_in=50_000))
    assert len(move_on(state, 0.0)) == 1


def test_without_a_quota_everybody_goes() -> None:
    assert len(move_on(line(*(entry() for _ in range(500))), 0.0, Limits())) == 500


def test_titles_leave_a_part_of_the_quota_to_replies() -> None:
    state = line(*(entry(urgency=2) for _ in range(30)))
    assert len(move_on(state, 0.0, Limits(20))) == 18


def test_what_a_call_really_used_replaces_the_estimate() -> None:
    state = line(entry(tokens_in=4_000, tokens_out=1_000))
    [first] = move_on(state, 0.0)
    assert rules.used(state) == (1, 5_000)
    rules.leave(state, first, Tokens(1_500, 20), 4.0)
    assert rules.used(state) == (1, 1_520)


def test_the_entries_of_a_dead_process_are_gone_within_ten_seconds() -> None:
    dead = [entry("ann", process="dead", at=n) for n in range(9)]
    state = line(*dead, entry("bob", process="alive", at=100))
    assert len(move_on(state, 0.0)) == 3
    for now in range(2, 10):
        rules.renew(state, "alive", now)
        move_on(state, now)
    assert [one.process for one in (*state.waiting.values(), *state.running.values())] == ["alive"]
    assert list(state.processes) == ["alive"]


class TestRefusal:
    def refused(self, seconds: float | None = 7.0, waiting: int = 2) -> State:
        state = line(*(entry(at=n) for n in range(waiting)))
        for one in move_on(state, 0.0, Limits(2)):
            rules.refuse(state, one, seconds, 1.0)
        rules.renew(state, "one", 7.0)
        return state

    def test_nobody_goes_before_the_service_allows_it(self) -> None:
        state = self.refused()
        assert move_on(state, 7.9) == []
        assert len(move_on(state, 8.0)) == 1

    def test_one_goes_first_and_the_others_once_it_was_answered(self) -> None:
        state = self.refused()
        move_on(state, 8.0)
        rules.report(state, reported(5), 8.5)
        assert len(move_on(state, 8.5)) == 1

    def test_a_probe_without_headers_is_answered_after_a_while(self) -> None:
        state = self.refused()
        move_on(state, 8.0)
        assert len(move_on(state, 11.0)) == 1

    def test_a_probe_that_was_stopped_is_replaced(self) -> None:
        state = self.refused()
        [probe] = move_on(state, 8.0)
        rules.leave(state, probe, Tokens(), 8.1)
        assert len(move_on(state, 8.2)) == 1

    def test_the_wait_grows_while_the_service_names_none(self) -> None:
        state, now, waits = self.refused(None, waiting=1), 1.0, []
        for _ in range(8):
            waits.append(state.blocked_until - now)
            now = state.blocked_until
            rules.renew(state, "one", now)
            [probe] = move_on(state, now)
            rules.refuse(state, probe, None, now)
        assert waits == [2, 4, 8, 16, 32, 60, 60, 60]

    def test_a_wait_of_days_blocks_nobody_for_days(self) -> None:
        state = self.refused(86_400.0)
        assert len(move_on(state, 5.0)) == 1

    def test_a_service_may_refuse_for_a_day(self) -> None:
        state, now = self.refused(1.0, waiting=1), 1.0
        for _ in range(1_500):
            now += 1.0
            rules.renew(state, "one", now)
            [probe] = move_on(state, now)
            rules.refuse(state, probe, 1.0, now)
        assert state.blocked_until == now + 1.0

    def test_a_success_ends_the_growth(self) -> None:
        state = self.refused(None, waiting=1)
        [probe] = move_on(state, 10.0)
        rules.leave(state, probe, Tokens(1, 1), 12.0)
        assert (state.probe, state.strikes) == (None, 0)

    def test_what_was_refused_isnt_counted(self) -> None:
        assert rules.used(self.refused()) == (0, 0)


class TestHeaders:
    def test_they_hold_over_what_is_configured(self) -> None:
        state = line()
        rules.report(state, reported(200, 200), 0.0)
        assert rules.limits_of(state, Limits(150, 800_000), 1.0) == Limits(200, 800_000)

    def test_what_others_use_counts_for_a_minute(self) -> None:
        state = line(*(entry() for _ in range(200)))
        rules.report(state, reported(100), 0.0)
        assert len(move_on(state, 1.0, Limits(150))) == 100
        rules.renew(state, "one", 59.0)
        assert len(move_on(state, 61.9, Limits(150))) == 100

    def test_ours_isnt_taken_for_that_of_others(self) -> None:
        state = line(*(entry() for _ in range(20)))
        move_on(state, 0.0, Limits(150))
        rules.report(state, reported(145), 0.1)
        assert not state.foreign.requests

    @pytest.mark.parametrize("limits", [RateLimits(Quota(0, 0, 1.0), Quota()), reported(-1)])
    def test_nonsense_is_survived(self, limits: RateLimits) -> None:
        state = line(entry())
        rules.report(state, limits, 0.0)
        assert rules.limits_of(state, Limits(), 1.0).requests in (None, 150)


def test_a_state_survives_json() -> None:
    state = line(*(entry(at=n) for n in range(5)))
    first, *_ = move_on(state, 0.0)
    rules.refuse(state, first, 3.0, 1.0)
    rules.report(state, reported(100), 1.0)
    again = State.from_json(state.to_json(), 60.0)
    assert again.to_json() == state.to_json()
    assert again.waiting == state.waiting


@pytest.mark.parametrize("text", ["", '{"format":99,"uses":3}'])
def test_a_state_of_another_release_counts_as_empty(text: str) -> None:
    assert State.from_json(text, 60.0).to_json() == State.empty(60.0).to_json()
