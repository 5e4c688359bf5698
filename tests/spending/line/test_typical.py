"""How many tokens calls are expected to use, learned from what they used."""

import pytest

from chatapp.inference import CompletionRequest, Usage
from chatapp.spending.line.rules import Tokens
from chatapp.spending.line.typical import FIRST_OUTPUT, TypicalUse
from tests.spending.line.simulation import MODEL, estimated

REQUEST = CompletionRequest(MODEL, (estimated(1_000),), max_tokens=8_192)


async def test_the_first_estimate_is_far_below_the_limit_of_an_answer() -> None:
    assert await TypicalUse().estimate(REQUEST, 0) == (1_000, FIRST_OUTPUT)


async def test_a_short_limit_is_the_most_that_is_expected() -> None:
    short = CompletionRequest(MODEL, (estimated(1_000),), max_tokens=40)
    assert await TypicalUse().estimate(short, 2) == (1_000, 40)


async def test_what_calls_used_is_learned_for_each_purpose() -> None:
    typical = TypicalUse()
    for _ in range(60):
        tokens_in, _out = await typical.estimate(REQUEST, 0)
        used = typical.learn(REQUEST, 0, tokens_in, Usage(1_500, 2_000))
        assert used == Tokens(1_500, 2_000)
    assert await typical.estimate(REQUEST, 0) == (
        pytest.approx(1_500, rel=0.02),
        pytest.approx(2_000, rel=0.02),
    )
    assert await typical.estimate(REQUEST, 2) == (1_000, FIRST_OUTPUT)


def test_a_call_without_a_report_counts_as_estimated() -> None:
    assert TypicalUse().learn(REQUEST, 0, 1_000, None) == Tokens()
