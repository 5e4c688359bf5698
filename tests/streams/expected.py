"""What each stream of this folder amounts to.

Those named `recorded_…` were written down from a server, the others by hand after what the
service documents and what its clients have met.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from chatapp.inference import errors
from chatapp.inference.errors import InferenceError
from chatapp.inference.stream import CompletionParser
from chatapp.inference.types import (
    Delta,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCallDelta,
    Usage,
)

FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Outcome:
    """`ends` is the finish reason or the class of the error. `tool_calls` are (id, name,
    arguments), the arguments joined."""

    text: str = "Hello"
    ends: str | type[InferenceError] = "stop"
    usage: Usage | None = None
    reasoning: str = ""
    tool_calls: tuple[tuple[str, str, str], ...] = ()


USAGE = Usage(12, 3)
THOUGHT = "Let me think."
WEATHER = ("tooluse_1", "weather", '{"city":"Oslo"}')

FRAMING = {
    "heroku": Outcome(usage=USAGE),
    "role_with_text": Outcome(usage=USAGE),
    "bare_data": Outcome(),
    "no_spaces": Outcome(),
    "crlf": Outcome(),
    "crlf_comments": Outcome(),
    "cr": Outcome(),
    "comments_and_order": Outcome(),
    "keep_alive": Outcome(),
    "byte_order_mark": Outcome(),
    "data_in_two_lines": Outcome(),
    "separators_and_emoji": Outcome(text="a\u2028b\u0085c\u2029👩‍👩‍👧 नमस्ते 𝄞"),
    "halved_emoji": Outcome(text="a🦩b\ufffd"),
    "halved_thought_and_text": Outcome(text="b🦩", reasoning="a🦩"),
}
SHAPES = {
    "message_for_delta": Outcome(usage=USAGE, reasoning="Hm."),
    "messages_for_deltas": Outcome(usage=USAGE),
    "null_delta": Outcome(),
    "nulls_everywhere": Outcome(),
    "missing_index_and_choices": Outcome(),
    "content_in_parts": Outcome(),
    "reasoning": Outcome(reasoning=THOUGHT),
    "reasoning_as_text": Outcome(reasoning=THOUGHT),
    "reasoning_in_messages": Outcome(reasoning=THOUGHT),
    "reasoning_beside_text": Outcome(reasoning=THOUGHT),
    "reasoning_and_signature": Outcome(reasoning=THOUGHT),
    "tool_call": Outcome("I look.", "tool_calls", tool_calls=(WEATHER,)),
    "tool_call_beside_text": Outcome("I look.", "tool_calls", tool_calls=(WEATHER,)),
    "tool_call_in_a_message": Outcome("I look.", "tool_calls", USAGE, tool_calls=(WEATHER,)),
    "tool_call_without_index": Outcome("", "tool_calls", tool_calls=(WEATHER,)),
    "tool_call_with_repeated_id": Outcome("", "tool_calls", tool_calls=(WEATHER,)),
    "tool_call_with_object": Outcome(
        "", "tool_calls", tool_calls=(("tooluse_1", "weather", '{"city": "Oslo"}'),)
    ),
    "tool_use": Outcome("", "tool_calls", tool_calls=(("tooluse_1", "weather", "{}"),)),
    "parallel_tool_calls": Outcome(
        "", "tool_calls", tool_calls=(WEATHER, ("tooluse_2", "time", '{"zone":"Europe/Oslo"}'))
    ),
    "two_calls_in_one_delta": Outcome(
        "", "tool_calls", tool_calls=(WEATHER, ("tooluse_2", "time", "{}"))
    ),
    "recorded_llmock": Outcome(
        "Naïve 😀  日本\n\nlines",
        "tool_calls",
        Usage(0, 8),
        tool_calls=(("call_7f8621b6a3194635b7c0c41f", "weather", '{"city": "Oslo"}'),),
    ),
}
ENDS = {
    "usage_before_finish": Outcome(usage=USAGE),
    "usage_after_finish": Outcome(usage=USAGE),
    "usage_without_choices": Outcome(usage=USAGE),
    "usage_in_every_chunk": Outcome(usage=USAGE),
    "usage_in_floats": Outcome(usage=USAGE),
    "usage_out_of_range": Outcome(),
    "empty_finish_reason": Outcome(),
    "null_finish_reason": Outcome(),
    "max_tokens": Outcome(ends="length"),
    "length": Outcome(ends="length", usage=USAGE),
    "unknown_reason": Outcome(),
    "done_and_space": Outcome(),
    "done_event": Outcome(),
    "after_done": Outcome(),
    "no_done": Outcome(),
    "no_done_no_blank_line": Outcome(),
    "usage_and_no_done": Outcome(usage=USAGE),
    "usage_and_no_end": Outcome(ends=errors.Interrupted, usage=USAGE),
    "empty_reason_and_no_done": Outcome(ends=errors.Interrupted),
    "interrupted": Outcome(ends=errors.Interrupted),
    "cut_in_an_event": Outcome(ends=errors.Interrupted),
    "cut_before_the_blank_line": Outcome(ends=errors.Interrupted),
    "empty": Outcome("", errors.Interrupted),
}
FAILURES = {
    "error_object": Outcome("Hel", errors.RateLimited),
    "error_event": Outcome("Hel", errors.ServiceUnavailable),
    "error_event_of_json_in_a_string": Outcome("Hel", errors.RateLimited),
    "error_event_of_text": Outcome("Hel", errors.ServiceFailed),
    "error_in_a_string": Outcome("Hel", errors.ServiceFailed),
    "error_as_text": Outcome("Hel", errors.ServiceFailed),
    "error_named_object": Outcome("Hel", errors.ConversationTooLong),
    "error_first": Outcome("", errors.ServiceUnavailable),
    "error_beside_text": Outcome("Hel", errors.ServiceUnavailable),
    "error_after_the_finish_reason": Outcome("Hel", errors.ServiceFailed),
    "error_that_is_null": Outcome(),
    "garbage": Outcome("Hel", errors.UnreadableReply),
    "not_an_object": Outcome("Hel", errors.UnreadableReply),
}
EXPECTED = FRAMING | SHAPES | ENDS | FAILURES


def read(name: str) -> bytes:
    return (FOLDER / f"{name}.sse").read_bytes()


def cut(raw: bytes, places: Iterable[int]) -> list[bytes]:
    """The stream in chunks; places may repeat and lie beyond the end."""
    ordered = [0, *sorted(min(place, len(raw)) for place in places), len(raw)]
    return [raw[a:b] for a, b in pairwise(ordered)]


def replay(chunks: Iterable[bytes]) -> tuple[list[Delta], InferenceError | None]:
    """What the parser hands out, as the client goes through it, and the error at the end."""
    parser = CompletionParser()
    deltas: list[Delta] = []
    try:
        for chunk in chunks:
            deltas += parser.feed(chunk)
            if parser.done:
                break
        for delta in parser.finish():
            deltas.append(delta)
    except InferenceError as error:
        return deltas, error
    return deltas, None


def outcome(deltas: list[Delta], error: InferenceError | None) -> Outcome:
    usages = [delta for delta in deltas if isinstance(delta, Usage)]
    return Outcome(
        text="".join(delta.text for delta in deltas if isinstance(delta, TextDelta)),
        ends=type(error) if error else next(d.reason for d in deltas if isinstance(d, Finished)),
        usage=usages[-1] if usages else None,
        reasoning="".join(d.text for d in deltas if isinstance(d, ReasoningDelta)),
        tool_calls=_calls([d for d in deltas if isinstance(d, ToolCallDelta)]),
    )


def _calls(pieces: list[ToolCallDelta]) -> tuple[tuple[str, str, str], ...]:
    calls: dict[str, tuple[str, str]] = {}
    for piece in pieces:
        call_id = piece.id or next(reversed(calls))
        name, arguments = calls.get(call_id, ("", ""))
        calls[call_id] = (name + piece.name, arguments + piece.arguments)
    return tuple((call_id, *said) for call_id, said in calls.items())
