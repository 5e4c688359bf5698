"""Every stream in tests/streams: replayed whole, byte by byte, and cut at random."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.errors import (
    InferenceError,
    Interrupted,
    RateLimited,
    ReplyTooLarge,
    ServiceFailed,
    ServiceUnavailable,
    UnreadableReply,
)
from chatapp.inference.sse import MAX_EVENT_BYTES
from chatapp.inference.stream import CompletionParser
from chatapp.inference.types import (
    Delta,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)

STREAMS = Path(__file__).parent.parent / "streams"


@dataclass(frozen=True)
class Outcome:
    """What a stream amounts to; `ends` is the finish reason or the class of the error."""

    text: str = "Hello"
    ends: str | type[InferenceError] = "stop"
    usage: Usage | None = None
    reasoning: str = ""
    tool_calls: tuple[ToolCallDelta, ...] = ()


USAGE = Usage(12, 3)
NAMES = ["choices", "delta", "message", "content", "usage", "error", "finish_reason", "reasoning"]
NAMES += ["tool_calls", "function", "arguments", "prompt_tokens", "id"]
EXPECTED = {
    "heroku": Outcome(usage=USAGE),
    "role_with_text": Outcome(usage=USAGE),
    "bare_data": Outcome(),
    "message_for_delta": Outcome(usage=USAGE, reasoning="Hm."),
    "missing_index_and_choices": Outcome(),
    "reasoning": Outcome(reasoning="Let me think."),
    "reasoning_as_text": Outcome(reasoning="Let me think."),
    "usage_before_finish": Outcome(usage=USAGE),
    "empty_finish_reason": Outcome(),
    "max_tokens": Outcome(ends="length"),
    "length": Outcome(ends="length", usage=USAGE),
    "no_done": Outcome(),
    "no_done_no_blank_line": Outcome(),
    "interrupted": Outcome(ends=Interrupted),
    "cut_in_an_event": Outcome(ends=Interrupted),
    "empty": Outcome(text="", ends=Interrupted),
    "error_object": Outcome(text="Hel", ends=RateLimited),
    "error_event": Outcome(text="Hel", ends=ServiceUnavailable),
    "error_in_a_string": Outcome(text="Hel", ends=ServiceFailed),
    "garbage": Outcome(text="Hel", ends=UnreadableReply),
    "not_an_object": Outcome(text="Hel", ends=UnreadableReply),
    "tool_call": Outcome(
        text="I look.",
        ends="tool_calls",
        tool_calls=(
            ToolCallDelta("tooluse_1", "weather", ""),
            ToolCallDelta("", "", '{"city":'),
            ToolCallDelta("", "", '"Oslo"}'),
        ),
    ),
    "crlf": Outcome(),
    "cr": Outcome(),
    "separators_and_emoji": Outcome(text="a\u2028b\u0085c\u2029👩‍👩‍👧 नमस्ते 𝄞"),
    "comments_and_order": Outcome(),
    "byte_order_mark": Outcome(),
    "data_in_two_lines": Outcome(),
    "after_done": Outcome(),
}


def replay(chunks: list[bytes]) -> Outcome:
    parser = CompletionParser()
    deltas: list[Delta] = []
    error: type[InferenceError] | None = None
    try:
        for chunk in chunks:
            deltas += parser.feed(chunk)
        deltas += parser.finish()
    except InferenceError as raised:
        error = type(raised)
    finished = [delta.reason for delta in deltas if isinstance(delta, Finished)]
    if error is None:
        assert isinstance(deltas[-1], Finished)
    assert len(finished) == (error is None)
    usages = [delta for delta in deltas if isinstance(delta, Usage)]
    return Outcome(
        text="".join(delta.text for delta in deltas if isinstance(delta, TextDelta)),
        ends=error or finished[0],
        usage=usages[-1] if usages else None,
        reasoning="".join(d.text for d in deltas if isinstance(d, ReasoningDelta)),
        tool_calls=tuple(d for d in deltas if isinstance(d, ToolCallDelta)),
    )


def read(name: str) -> bytes:
    return (STREAMS / f"{name}.sse").read_bytes()


def test_every_stream_has_an_expectation() -> None:
    assert {path.stem for path in STREAMS.glob("*.sse")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_whole(name: str) -> None:
    assert replay([read(name)]) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_byte_by_byte(name: str) -> None:
    raw = read(name)
    assert replay([raw[i : i + 1] for i in range(len(raw))]) == EXPECTED[name]


@given(
    name=st.sampled_from(list(EXPECTED)),
    cuts=st.lists(st.integers(0, 2_000), max_size=12),
)
def test_cut_anywhere(name: str, cuts: list[int]) -> None:
    raw = read(name)
    places = [0, *sorted(min(cut, len(raw)) for cut in cuts), len(raw)]
    chunks = [raw[a:b] for a, b in pairwise(places)]
    assert replay(chunks) == EXPECTED[name]


@given(st.binary(max_size=300))
def test_random_bytes_end_in_a_known_error_or_nothing(raw: bytes) -> None:
    assert replay([raw]).ends is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(NAMES),
                inner,
                max_size=4,
            )
        ),
    )
)
def test_json_of_any_shape_never_breaks_the_parser(value: object) -> None:
    frame = b"data: " + json.dumps(value).encode() + b"\n\n"
    assert replay([frame, b"data: [DONE]\n\n"]).ends is not None


def test_text_after_the_end_is_not_read() -> None:
    parser = CompletionParser()
    parser.feed(read("after_done"))
    assert parser.done
    assert parser.feed(b'data: {"choices":[{"delta":{"content":"ghost"}}]}\n\n') == []
    assert parser.finish() == []


def test_an_error_in_mid_stream_does_not_show_the_key() -> None:
    with pytest.raises(ServiceFailed) as caught:
        CompletionParser("s3cret").feed(b'data: {"error":{"message":"key s3cret is odd"}}\n\n')
    assert "s3cret" not in caught.value.sentence


def test_text_before_an_error_is_kept_when_both_come_in_one_chunk() -> None:
    parser = CompletionParser()
    deltas = parser.feed(read("error_object"))
    assert deltas == [TextDelta("Hel")]
    with pytest.raises(RateLimited):
        parser.finish()


def test_an_endless_line_is_refused() -> None:
    parser = CompletionParser()
    for _ in range(5):
        parser.feed(b"x" * (MAX_EVENT_BYTES // 5))
    with pytest.raises(ReplyTooLarge):
        parser.feed(b"x")


def test_deeply_nested_json_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        CompletionParser().feed(b"data: " + b"[" * 200_000 + b"\n\n")
