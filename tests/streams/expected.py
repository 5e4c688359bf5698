"""What each stream of this folder amounts to.

Those named `recorded_…` were written down from a server, the others by hand after what the
service documents and what its clients have met.
"""

from __future__ import annotations

from chatapp.inference import errors
from chatapp.inference.types import Usage

from .expected_calls import CALLS
from .outcome import Outcome

USAGE = Usage(12, 3)
THOUGHT = "Let me think."

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
DECLINED = {
    "refusal": Outcome(ends="refusal"),
    "refusal_without_text": Outcome("", "refusal"),
    "content_filter": Outcome(ends="refusal"),
    "refusal_in_words": Outcome(),
}
TAGS = {
    "think_tags": Outcome(reasoning=THOUGHT),
    "think_tags_split": Outcome(reasoning=THOUGHT),
    "think_tags_in_one": Outcome(reasoning=THOUGHT),
    "think_tags_without_end": Outcome("", "length", reasoning="Let me think.</thi"),
    "think_tags_that_are_text": Outcome("`<think>` is a <think> tag</think>"),
    "think_tag_that_is_none": Outcome("<this> & that"),
    "think_tag_at_the_end": Outcome("<think"),
    "think_tag_after_reasoning": Outcome("<think>Hello", reasoning=THOUGHT),
}
EXPECTED = FRAMING | SHAPES | CALLS | ENDS | FAILURES | DECLINED | TAGS
