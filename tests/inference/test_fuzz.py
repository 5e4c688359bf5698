"""Thousands of broken streams: each ends, in an error of the tree or as a finished reply.

`make fuzz` runs 20,000 of them. A failure names its seed, and
`FUZZ_SEED=<seed> FUZZ_STREAMS=1 make fuzz` plays that stream alone.
"""

from __future__ import annotations

import os

import pytest

from chatapp.inference.types import (
    Delta,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)
from tests.streams.mutations import mutated
from tests.streams.outcome import outcome, replay

FIRST = int(os.environ.get("FUZZ_SEED", "0"))
STREAMS = int(os.environ.get("FUZZ_STREAMS", "1500"))
BATCH = 250  # streams in one test; the time limit of a test is what ends a hang


@pytest.mark.parametrize("first", range(FIRST, FIRST + STREAMS, BATCH))
def test_every_broken_stream_has_an_outcome(first: int) -> None:
    for seed in range(first, min(first + BATCH, FIRST + STREAMS)):
        try:
            check(mutated(seed))
        except BaseException as problem:  # a time limit too: a hang must tell its seed
            problem.add_note(f"FUZZ_SEED={seed} FUZZ_STREAMS=1 make fuzz")
            raise


def check(chunks: list[bytes]) -> None:
    deltas, error = replay(chunks)
    finished = [index for index, delta in enumerate(deltas) if isinstance(delta, Finished)]
    assert finished == ([] if error else [len(deltas) - 1])
    for delta in deltas:
        for text in texts(delta):
            assert "\x00" not in text
            assert text.encode()
    # Where the network cuts a stream decides nothing.
    whole = outcome(*replay([b"".join(chunks)]))
    assert outcome(deltas, error) == whole


def texts(delta: Delta) -> list[str]:
    """All that a person may see or a database keep."""
    match delta:
        case TextDelta(text) | ReasoningDelta(text):
            assert text
            return [text]
        case ToolCallDelta(call_id, name, arguments):
            return [text for text in (call_id, name, arguments) if text]
        case Usage(prompt, completion):
            assert 0 <= prompt < 2**31
            assert 0 <= completion < 2**31
            assert prompt + completion
    return []
