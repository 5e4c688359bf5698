"""Who goes next: fairness between people, whatever each of them sends."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.spending.line import order, rules
from chatapp.spending.line.state import Limits
from tests.spending.line.states import entry, let_through_one_by_one, line, move_on

MANY = Limits(1_000, 100_000_000)


def test_people_take_turns() -> None:
    state = line(*(entry("ann", at=n) for n in range(3)), *(entry("bob", at=n) for n in range(2)))
    assert let_through_one_by_one(state) == "ababa"


def test_a_single_message_goes_behind_at_most_one_of_sixty() -> None:
    state = line(*(entry("ann", at=n) for n in range(60)))
    move_on(state, 0.0, Limits(20))
    order.arrive(state, entry("bob", at=100))
    assert "b" in let_through_one_by_one(state)[:2]


def test_nobody_saves_up_turns_by_sending_nothing() -> None:
    state = line(*(entry("ann", at=n) for n in range(50)))
    move_on(state, 0.0, Limits(40))
    for n in range(20):
        order.arrive(state, entry("bob", at=100 + n))
    assert let_through_one_by_one(state)[:8].count("b") in (4, 5)


def test_the_messages_of_a_person_stay_in_their_order() -> None:
    late, early = entry(at=9), entry(at=1)
    assert [one for _, one in order.in_order(line(late, early), MANY)] == [early, late]


def test_twice_the_weight_gets_twice_the_turns() -> None:
    heavy = [entry("ann", at=n, weight=2.0) for n in range(20)]
    light = [entry("bob", at=n) for n in range(20)]
    assert Counter(let_through_one_by_one(line(*heavy, *light))[:12]) == {"a": 8, "b": 4}


def test_long_prompts_cost_more_than_short_ones() -> None:
    long = [entry("ann", at=n, tokens_in=300_000) for n in range(5)]
    short = [entry("bob", at=n) for n in range(5)]
    assert let_through_one_by_one(line(*long, *short))[:4] == "abbb"


def test_replies_go_before_titles() -> None:
    state = line(entry("ann", urgency=2), entry("ann", urgency=1), entry("bob", at=50))
    assert [one.urgency for _, one in order.in_order(state, MANY)] == [0, 1, 2]


@pytest.mark.parametrize(("refusals", "place"), [(1, 0), (2, 0), (3, 1)])
def test_who_was_refused_goes_first_unless_it_is_refused_every_time(
    refusals: int, place: int
) -> None:
    first, second = entry("ann", at=2, refusals=refusals), entry("ann", at=1)
    found = [one for _, one in order.in_order(line(second, first), MANY)]
    assert found.index(first) == place


def test_who_was_refused_doesnt_pay_twice() -> None:
    state = line(entry("ann"))
    [first] = move_on(state, 0.0)
    tag = state.tags["ann"]
    rules.refuse(state, first, 0.0, 1.0)
    assert move_on(state, 2.0) == [first]
    assert state.tags["ann"] == tag


def test_stopping_what_waits_costs_nothing() -> None:
    waiting = [entry("ann", at=n) for n in range(30)]
    state = line(*waiting, entry("bob", at=50))
    for one in waiting[1:]:
        rules.leave(state, one.id, rules.Tokens(), 0.0)
    order.arrive(state, entry("ann", at=60))
    order.arrive(state, entry("bob", at=61))
    assert let_through_one_by_one(state) == "abab"


@given(st.lists(st.sampled_from("abcd"), min_size=1, max_size=40))
def test_two_who_wait_are_never_more_than_one_turn_apart(people: list[str]) -> None:
    state = line(*(entry(person, at=n) for n, person in enumerate(people)))
    turns, left = Counter[str](), Counter(people)
    for person in let_through_one_by_one(state):
        assert all(turns[person] <= turns[other] for other in left if left[other])
        turns[person] += 1
        left[person] -= 1
