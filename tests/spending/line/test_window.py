"""A sliding minute: what counts, and until when."""

from hypothesis import given
from hypothesis import strategies as st

from chatapp.spending.line.window import Window


def test_a_use_counts_for_a_minute_and_a_little() -> None:
    window = Window(60.0)
    window.add(1_000.0, 1, 500)
    window.forget(1_060.0)
    assert (window.requests, window.tokens) == (1, 500)
    window.forget(1_061.0)
    assert (window.requests, window.tokens) == (0, 0)


def test_a_correction_never_leaves_less_than_nothing() -> None:
    window = Window(60.0)
    window.add(5.0, 1, 100)
    window.add(5.0, -1, -400)
    window.add(5.0, 0, 30)
    assert (window.requests, window.tokens) == (0, 30)


def test_uses_of_a_clock_that_was_ahead_are_dropped() -> None:
    window = Window(60.0)
    window.add(9_000.0, 150, 1)
    window.forget(100.0)
    assert window.requests == 0


def test_a_share_is_rounded_up() -> None:
    window = Window(60.0)
    window.add(5.0, 3, 10)
    part = window.scaled(0.5)
    assert (part.requests, part.tokens) == (2, 5)


def test_what_another_window_got_since_then_is_counted_once() -> None:
    window, other = Window(60.0), Window(60.0)
    other.add(10.0, 5, 50)
    before = other.uses
    other.add(10.0, 1, 10)
    other.add(30.0, 2, 20)
    window.merge(other, before)
    assert (window.requests, window.tokens) == (3, 30)


@given(st.lists(st.tuples(st.floats(0, 300), st.integers(0, 5), st.integers(0, 9_000))))
def test_never_less_is_counted_than_a_service_counts(uses: list[tuple[float, int, int]]) -> None:
    window = Window(60.0)
    for at, requests, tokens in uses:
        window.add(at, requests, tokens)
    window.forget(300.0)
    assert window.requests >= sum(requests for at, requests, _ in uses if at > 240.0)
    assert window.tokens >= sum(tokens for at, _, tokens in uses if at > 240.0)
