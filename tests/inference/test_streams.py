"""Every stream in tests/streams: replayed whole, byte by byte, and cut at random."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatapp.inference.errors import (
    InferenceError,
    RateLimited,
    ReplyTooLarge,
    ServiceFailed,
    UnreadableReply,
)
from chatapp.inference.sse import MAX_EVENT_BYTES
from chatapp.inference.stream import CompletionParser
from chatapp.inference.types import Finished, ReasoningDelta, TextDelta, ToolCallDelta, Usage
from tests.inference.wire import event
from tests.streams.expected import EXPECTED
from tests.streams.outcome import FOLDER, Outcome, cut, outcome, read, replay

TEXT = b'data: {"choices":[{"delta":{"content":"Hel"}}]}\n\n'
NAMES = ["choices", "delta", "message", "content", "usage", "error", "finish_reason", "reasoning"]
NAMES += ["tool_calls", "function", "arguments", "prompt_tokens", "id", "text", "object"]


def result(chunks: list[bytes]) -> Outcome:
    return outcome(*replay(chunks))


def test_every_stream_has_an_expectation() -> None:
    assert {path.stem for path in FOLDER.glob("*.sse")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_whole(name: str) -> None:
    deltas, error = replay([read(name)])
    assert outcome(deltas, error) == EXPECTED[name]
    finished = [index for index, delta in enumerate(deltas) if isinstance(delta, Finished)]
    assert finished == ([] if error else [len(deltas) - 1])


@pytest.mark.parametrize("name", EXPECTED)
def test_byte_by_byte(name: str) -> None:
    raw = read(name)
    assert result([raw[i : i + 1] for i in range(len(raw))]) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
@settings(max_examples=settings().max_examples // 4)
@given(places=st.lists(st.integers(0, 2_000), max_size=12))
def test_the_stream_may_be_interrupted_anywhere(name: str, places: list[int]) -> None:
    assert result(cut(read(name), places)) == EXPECTED[name]


@given(st.binary(max_size=300))
def test_random_bytes_end_in_a_known_error_or_nothing(raw: bytes) -> None:
    assert result([raw]).ends is not None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=4)
        ),
    )
)
def test_json_of_any_shape_never_breaks_the_parser(value: object) -> None:
    frame = b"data: " + json.dumps(value).encode() + b"\n\n"
    assert result([frame, b"data: [DONE]\n\n"]).ends is not None


def test_text_after_the_end_is_not_read() -> None:
    parser = CompletionParser()
    parser.feed(read("after_done"))
    assert parser.done
    assert parser.feed(b'data: {"choices":[{"delta":{"content":"ghost"}}]}\n\n') == []
    assert list(parser.finish()) == []


def test_the_end_is_returned_once() -> None:
    parser = CompletionParser()
    parser.feed(read("no_done"))
    assert list(parser.finish()) == [Finished("stop")]
    assert parser.done
    assert list(parser.finish()) == []


@pytest.mark.parametrize("name", [b"", b"event: error\n"])
def test_an_error_in_mid_stream_does_not_show_the_key(name: bytes) -> None:
    raw = name + b'data: {"error":{"message":"key s3cret is odd"}}\n\n'
    with pytest.raises(ServiceFailed) as caught:
        CompletionParser("s3cret").feed(raw)
    assert "s3cret" not in caught.value.sentence


@pytest.mark.parametrize(
    ("trouble", "kind"),
    [
        (b'data: {"error":{"code":429}}\n\n', RateLimited),
        (b"data: {broken\n\n", UnreadableReply),
        (b"data: " + b"x" * (MAX_EVENT_BYTES + 1), ReplyTooLarge),
    ],
)
def test_text_before_an_error_is_kept_when_both_come_in_one_chunk(
    trouble: bytes, kind: type[InferenceError]
) -> None:
    parser = CompletionParser()
    assert parser.feed(TEXT + trouble) == [TextDelta("Hel")]
    assert parser.done or kind is ReplyTooLarge  # that one waits in the event parser
    with pytest.raises(kind):
        list(parser.finish())


def test_a_second_chunk_after_an_error_raises_it() -> None:
    parser = CompletionParser()
    parser.feed(TEXT + b'data: {"error":{"code":429}}\n\n')
    with pytest.raises(RateLimited):
        parser.feed(TEXT)


def test_an_endless_line_is_refused() -> None:
    parser = CompletionParser()
    for _ in range(5):
        parser.feed(b"x" * (MAX_EVENT_BYTES // 5))
    with pytest.raises(ReplyTooLarge):
        parser.feed(b"x")


def test_an_endless_line_after_the_end_is_nothing() -> None:
    parser = CompletionParser()
    assert parser.feed(b"data: [DONE]\n\n" + b"x" * (MAX_EVENT_BYTES + 1)) == [Finished("stop")]
    assert parser.feed(b"x" * (MAX_EVENT_BYTES + 1)) == []


def test_deeply_nested_json_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        CompletionParser().feed(b"data: " + b"[" * 200_000 + b"\n\n")


def test_halves_of_a_character_in_two_events_are_joined() -> None:
    halves = [event(content=half, reasoning=half) for half in ("a\ud83e", "\udda9b")]
    deltas, _ = replay(halves)

    assert deltas == [
        ReasoningDelta("a"),
        TextDelta("a"),
        ReasoningDelta("🦩b"),
        TextDelta("🦩b"),
    ]


@pytest.mark.parametrize("end", [b"data: [DONE]\n\n", b""])
def test_a_half_at_the_end_of_a_stream_is_replaced(end: bytes) -> None:
    delta = {"content": "a\ud83e", "reasoning": "b\ud83e"}
    data = json.dumps({"choices": [{"delta": delta, "finish_reason": "stop"}]})
    deltas, _ = replay([b"data: %s\n\n" % data.encode(), end])

    assert deltas == [
        ReasoningDelta("b"),
        TextDelta("a"),
        ReasoningDelta("\ufffd"),
        TextDelta("\ufffd"),
        Finished("stop"),
    ]


def test_names_and_arguments_of_calls_are_whole_text() -> None:
    pieces = [
        {"id": "a\ud83e\x00", "function": {"name": "b\udda9", "arguments": "c\ud83e"}},
        {"function": {"arguments": "\udda9"}},
        {"function": {"arguments": "\ud83e"}},
        {"id": "d", "function": {"name": "e", "arguments": "\udda9"}},
    ]
    deltas, _ = replay(
        b"data: %s\n\n" % json.dumps({"choices": [{"delta": {"tool_calls": [piece]}}]}).encode()
        for piece in pieces
    )
    assert deltas == [
        ToolCallDelta("a\ufffd", "b\ufffd", "c"),
        ToolCallDelta("", "", "🦩"),
        ToolCallDelta("d", "e", "\ufffd"),
    ]


@pytest.mark.parametrize(
    ("said", "kept"),
    [(1, 1), (10**9, 10**9), (10**9 + 1, 0), (-1, 0), ("7", 0), (None, 0)],
)
def test_a_count_of_tokens_is_a_number_that_can_be_stored(said: object, kept: int) -> None:
    usage = {"prompt_tokens": said, "completion_tokens": 7}
    deltas, _ = replay([b"data: %s\n\n" % json.dumps({"usage": usage}).encode()])
    assert deltas == [Usage(kept, 7)]


@pytest.mark.parametrize(
    ("more", "cached", "thinking"),
    [
        ({"prompt_tokens_details": {"cached_tokens": 60}}, 60, 0),
        ({"completion_tokens_details": {"reasoning_tokens": 5}}, 0, 5),
        ({"cache_read_input_tokens": 60}, 60, 0),
        ({"prompt_tokens_details": {"cached_tokens": 0}, "cache_read_input_tokens": 7}, 7, 0),
        ({"prompt_tokens_details": {"cached_tokens": 101}}, 100, 0),
        ({"completion_tokens_details": {"reasoning_tokens": 1e99}}, 0, 0),
        ({"prompt_tokens_details": {"cached_tokens": "60"}}, 0, 0),
        ({"prompt_tokens_details": [60], "completion_tokens_details": None}, 0, 0),
        ({"prompt_tokens_details": {"cached_tokens": -1}}, 0, 0),
    ],
)
def test_parts_of_the_usage_are_read_where_they_make_sense(
    more: dict[str, object], cached: int, thinking: int
) -> None:
    usage = {"prompt_tokens": 100, "completion_tokens": 7} | more
    deltas, _ = replay([b"data: %s\n\n" % json.dumps({"usage": usage}).encode()])
    assert deltas == [Usage(100, 7, cached, thinking)]


def test_a_piece_of_a_call_that_never_began_is_nothing() -> None:
    data = json.dumps({"choices": [{"delta": {"tool_calls": [{"function": {"arguments": "{"}}]}}]})
    deltas, _ = replay([b"data: %s\n\n" % data.encode()])
    assert deltas == []


def test_arguments_of_a_call_that_are_no_text_are_written_as_json() -> None:
    call = {"id": "1", "function": {"name": "t", "arguments": {"city": "Tromsø"}}}
    data = json.dumps({"choices": [{"delta": {"tool_calls": [call]}}]}).encode()
    deltas, _ = replay([b"data: %s\n\n" % data])
    assert deltas == [ToolCallDelta("1", "t", '{"city": "Tromsø"}')]


def test_tokens_are_whole_numbers() -> None:
    deltas, _ = replay([read("usage_in_floats")])
    assert repr(next(delta for delta in deltas if isinstance(delta, Usage))) == repr(Usage(12, 3))
