"""What is reported about the speed and the tokens of an answer."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chatapp.inference.reports import Timings
from chatapp.inference.types import Delta, Finished, ReasoningDelta, TextDelta, Usage


@pytest.mark.parametrize(
    ("deltas", "tokens", "times"),
    [
        ([], "not reported", "no text, end after 1.00 s"),
        ([Usage(1_200, 30)], "1,200 read, 30 written", "no text, end after 2.00 s"),
        (
            [TextDelta("a"), TextDelta("b")],
            "not reported",
            "first text after 1.00 s, end after 3.00 s",
        ),
        (
            [TextDelta("a"), Usage(1, 2), Usage(7, 90), Finished("stop")],
            "7 read, 90 written",
            "first text after 1.00 s, end after 5.00 s, 22 tokens a second",
        ),
        (
            [ReasoningDelta("a"), ReasoningDelta("b"), TextDelta("c"), Usage(7, 90)],
            "7 read, 90 written",
            "first thinking after 1.00 s, first text after 3.00 s, end after 5.00 s,"
            " 22 tokens a second",
        ),
    ],
)
def test_tokens_and_times_are_reported(deltas: Sequence[Delta], tokens: str, times: str) -> None:
    now = 100.0
    timings = Timings(lambda: now)
    for delta in deltas:
        now += 1
        timings.record(delta)
    now += 1
    assert (timings.tokens, timings.times) == (tokens, times)


def test_an_answer_in_no_time_has_no_speed() -> None:
    timings = Timings(lambda: 5.0)
    timings.record(TextDelta("a"))
    timings.record(Usage(1, 1))
    assert timings.times == "first text after 0.00 s, end after 0.00 s"
