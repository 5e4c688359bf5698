"""What each stream with calls of tools amounts to."""

from __future__ import annotations

from chatapp.inference.errors import Interrupted
from chatapp.inference.types import Usage

from .outcome import Outcome

type Call = tuple[str, str, str]  # id, name, arguments

OSLO, ZONE = '{"city":"Oslo"}', '{"zone":"Europe/Oslo"}'
WEATHER: Call = ("tooluse_1", "weather", OSLO)
TIME: Call = ("tooluse_2", "time", ZONE)
NAMED_BY_US: tuple[Call, Call] = (("call_1", "weather", OSLO), ("call_2", "time", ZONE))


def calls(*made: Call, text: str = "", ends: str | type[Interrupted] = "tool_calls") -> Outcome:
    return Outcome(text, ends, tool_calls=made)


def weather(arguments: str) -> Outcome:
    return calls(("tooluse_1", "weather", arguments))


ARGUMENTS = {
    "tool_arguments_in_pieces": weather('{"city":"Tromsø 🦩","note":"a\\"b\\u00e9\\\\n"}'),
    "tool_arguments_empty": weather(""),
    "tool_arguments_missing": weather(""),
    "tool_arguments_null": weather(""),
    "tool_arguments_twice_encoded": weather('"{\\"city\\":\\"Oslo\\"}"'),
    "tool_call_with_object": weather('{"city": "Oslo"}'),
    "tool_use": weather("{}"),
}
WHICH_CALL = {
    "tool_call_without_index": calls(WEATHER),
    "tool_call_with_repeated_id": calls(WEATHER),
    "tool_call_id_comes_late": calls(NAMED_BY_US[0]),
    "tool_call_of_old": calls(NAMED_BY_US[0]),
    "tool_name_in_pieces": calls(WEATHER),
    "tool_name_that_grows": calls(WEATHER),
    "tool_name_repeated": calls(WEATHER),
    "tool_name_repeated_without_its_id": calls(WEATHER),
    "tool_name_repeated_without_ids": calls(NAMED_BY_US[0]),
    "tool_unknown": calls(("tooluse_1", "fly", "{}")),
    "two_calls_in_one_delta": calls(WEATHER, ("tooluse_2", "time", "{}")),
    "parallel_tool_calls": calls(WEATHER, TIME),
    "tool_calls_interleaved": calls(WEATHER, TIME),
    "tool_calls_interleaved_by_id": calls(WEATHER, TIME),
    "tool_calls_with_one_index": calls(WEATHER, TIME),
    "tool_calls_with_one_id": calls(WEATHER, ("tooluse_1_2", "time", ZONE)),
    "tool_calls_with_one_id_in_pieces": calls(
        WEATHER, ("tooluse_1_2", "weather", '{"city":"Bergen"}')
    ),
    "tool_calls_without_ids": calls(*NAMED_BY_US),
    "tool_calls_without_ids_and_indexes": calls(*NAMED_BY_US),
    "tool_calls_one_by_one_without_ids_and_indexes": calls(*NAMED_BY_US),
    "tool_calls_of_one_name_without_ids": calls(
        NAMED_BY_US[0], ("call_2", "weather", '{"city":"Bergen"}')
    ),
    "tool_calls_said_again": calls(WEATHER, TIME),
}
AROUND = {
    "tool_call": calls(WEATHER, text="I look."),
    "tool_call_beside_text": calls(WEATHER, text="I look."),
    "tool_call_in_a_message": Outcome("I look.", "tool_calls", Usage(12, 3), tool_calls=(WEATHER,)),
    "tool_call_after_reasoning": Outcome(
        "", "tool_calls", reasoning="Let me think.", tool_calls=(WEATHER,)
    ),
    "tool_content_empty": calls(WEATHER),
    "tool_content_null": calls(WEATHER),
    "tool_text_around_calls": calls(WEATHER, TIME, text="I look. And the time. A moment."),
}
ENDS = {
    "tool_calls_and_stop": calls(WEATHER, ends="stop"),
    "tool_calls_and_length": calls(
        WEATHER, ("tooluse_2", "time", '{"zone":"Eur'), text="I look.", ends="length"
    ),
    "tool_call_cut_by_length": calls(
        ("tooluse_1", "weather", '{"city":"Os'), text="I look.", ends="length"
    ),
    "tool_calls_without_reason": calls(WEATHER, ends="stop"),
    "tool_calls_without_done": calls(WEATHER),
    "tool_calls_without_end": calls(WEATHER, text="I look.", ends=Interrupted),
    "tool_usage_after_finish": Outcome("", "tool_calls", Usage(12, 3), tool_calls=(WEATHER,)),
}
CALLS = ARGUMENTS | WHICH_CALL | AROUND | ENDS
