"""Estimates: what happens if everything goes on as it looks."""

import pytest

from chatapp.spending.line import rules
from chatapp.spending.line.forecast import forecast
from chatapp.spending.line.state import Limits
from tests.spending.line.states import FEW, entry, line, move_on


def test_places_and_waits_follow_the_quota() -> None:
    state = line(*(entry(at=n) for n in range(8)))
    move_on(state, 0.0)
    found = list(forecast(state, FEW, 10.0).values())
    assert [one.before for one in found] == [0, 1, 2, 3, 4]
    waits = [one.seconds for one in found]
    assert waits[:3] == [pytest.approx(51, abs=1)] * 3
    assert waits[3:] == [pytest.approx(111, abs=2)] * 2


def test_a_refusal_delays_everybody() -> None:
    state = line(entry())
    rules.refuse(state, move_on(state, 0.0)[0], 30.0, 0.0)
    [one] = forecast(state, FEW, 10.0).values()
    assert (one.before, one.seconds) == (0, 20.0)


def test_the_estimate_is_what_then_happens() -> None:
    state = line(*(entry(f"p{n % 4}", at=n, tokens_in=500 * n) for n in range(20)))
    limits = Limits(6, 30_000)
    move_on(state, 0.0, limits)
    expected = {name: one.seconds for name, one in forecast(state, limits, 0.0).items()}
    came, now = {}, 0.0
    while state.waiting:
        now += 0.25
        rules.renew(state, "one", now)
        for one in move_on(state, now, limits):
            came[one] = now
            rules.leave(state, one, rules.Tokens(), now)
    assert came == {name: pytest.approx(seconds, abs=2.5) for name, seconds in expected.items()}


def test_without_a_quota_nobody_waits() -> None:
    state = line(entry(), entry())
    assert [one.seconds for one in forecast(state, Limits(), 5.0).values()] == [0.0, 0.0]
