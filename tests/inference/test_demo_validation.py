"""The demo model refuses what the real service refuses, so that our own mistakes show early."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.demo import validation
from chatapp.inference.demo.answers import answer
from chatapp.inference.demo.validation import validation_error

CALL = {"id": "c1", "type": "function", "function": {"name": "time", "arguments": "{}"}}
RESULT = {"role": "tool", "tool_call_id": "c1", "content": '{"time":"12:00"}'}
CALLING = {"role": "assistant", "content": "I look.", "tool_calls": [CALL]}
TOOL = {"name": "time", "description": "Tells the time.", "parameters": {"type": "object"}}
THINKING = {"enabled": True, "budget_tokens": 1_024, "include_reasoning": True}


def say(role: Any, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def request(**changes: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [say("user", "hi")], "max_tokens": 5} | changes


def talk(*messages: Any) -> dict[str, Any]:
    return request(messages=[say("user", "hi"), *messages])


def offer(**changes: Any) -> dict[str, Any]:
    return request(tools=[{"type": "function", "function": TOOL | changes}])


def with_tools(request: dict[str, Any]) -> dict[str, Any]:
    return request | {"tools": offer()["tools"]}


def call(**changes: Any) -> dict[str, Any]:
    function = {"name": "time", "arguments": "{}"} | changes
    return talk(CALLING | {"tool_calls": [CALL | {"function": function}]}, RESULT)


def think(budget: Any = 1_024, **changes: Any) -> dict[str, Any]:
    thinking = THINKING | {"budget_tokens": budget}
    return request(extended_thinking=thinking, **{"max_tokens": 4_096} | changes)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ([], "JSON object"),
        (request(surprise=1), "unrecognized request argument: surprise"),
        (request(model=""), "model is required"),
        (request(messages=[]), "messages is required"),
        (request(messages=[say("user", "")]), "messages[0]: content is required"),
        (request(messages=[say("user", " \n")]), "content is required"),
        (request(messages=[say("user", None)]), "content is required"),
        (request(messages=[say("user", [])]), "content is required"),
        (request(messages=[say("robot", "hi")]), "role must be"),
        (request(messages=[say(["user"], "hi")]), "role must be"),
        (request(messages=[say("user", "hi") | {"id": 1}]), "unrecognized"),
        (request(messages=["hi"]), "must be an object"),
        (talk(say("assistant", "yes")), "prefill"),
        (request(messages=[say("assistant", "yes"), say("user", "hi")]), "must start with a user"),
        (request(messages=[say("system", "yes")]), "must start with a user"),
        (talk(say("user", [{"type": "text", "text": " "}])), "non-empty"),
        (talk(say("user", [{"type": "video"}])), "text or image_url"),
        (
            talk(say("user", [{"type": "image_url", "image_url": {"url": "x", "detail": "low"}}])),
            "unrecognized request argument: detail",
        ),
        (request(max_tokens=0), "max_tokens must be a positive integer"),
        (request(max_tokens="9"), "max_tokens must be a positive integer"),
        (request(max_completion_tokens=5), "cannot both be specified"),
        (request(temperature=1, top_p=1), "cannot both be specified"),
        (request(temperature=1.5), "temperature must be a number from 0 to 1"),
        (request(stream_options=[]), "stream_options must be an object"),
        (request(top_p="1"), "top_p must be a number from 0 to 1"),
    ],
)
def test_invalid_requests_are_refused(bad: object, words: str) -> None:
    assert words in validation_error(bad)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (request(extended_thinking=True), "must be an object"),
        (request(extended_thinking={"effort": 1}), "unrecognized"),
        (think(1_023), "at least 1024"),
        (think(None), "at least 1024"),
        (think(4_096), "max_tokens must be greater"),
        (think(temperature=0.5), "temperature may only be set to 1"),
        (think(top_p=0.5), "top_p must be unset"),
        (think(tool_choice="required"), "forces tool use"),
        (with_tools(think(messages=talk(CALLING, RESULT)["messages"])), "redacted_thinking"),
    ],
)
def test_thinking_has_rules(bad: object, words: str) -> None:
    assert words in validation_error(bad)


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (offer(name="get time"), "must be a function whose name matches"),
        (offer(description=" "), "description is required"),
        (offer(strict=True), "unrecognized request argument: strict"),
        (offer(parameters={"type": "string"}), "schema of type object"),
        (
            offer(parameters={"type": "object", "properties": {"a": [{"$schema": "x"}]}}),
            "unrecognized request argument: $schema",
        ),
        (request(tools={}), "must be an array"),
        (request(tool_choice="any"), "tool_choice must be"),
        (talk(RESULT), "no tool call before it has the id 'c1'"),
        (talk(CALLING, RESULT, RESULT), "no tool call before it has the id 'c1'"),
        (talk(CALLING, say("user", "and?")), "tool call 'c1' has no result"),
        (talk(CALLING), "tool call 'c1' has no result"),
        (talk(CALLING | {"content": ""}, RESULT), "content is required"),
        (talk(CALLING | {"content": None}, RESULT), "content is required"),
        (talk(CALLING | {"tool_calls": CALL}, RESULT), "tool_calls must be an array"),
        (talk(CALLING | {"role": "user"}, RESULT), "only the assistant calls tools"),
        (call(arguments="[1]"), "the text of a JSON object"),
        (call(arguments=""), "the text of a JSON object"),
        (call(name="get time"), "functions with an id, a name and arguments"),
        (talk(CALLING, RESULT | {"content": "[1]"}), "array, number or boolean"),
        (talk(CALLING, RESULT | {"content": "true"}), "array, number or boolean"),
        (talk(CALLING, RESULT | {"content": " "}), "content is required"),
        (talk(CALLING, RESULT), "toolConfig field must be defined"),
    ],
)
def test_tools_have_rules(bad: object, words: str) -> None:
    assert words in validation_error(bad)


@pytest.mark.parametrize(
    "good",
    [
        request(stream=True, stream_options={"include_usage": True}),
        request(temperature=0.3),
        request(top_p=1),
        offer(),
        offer() | {"tool_choice": "auto"},
        with_tools(talk(CALLING, RESULT)),
        with_tools(talk(CALLING, RESULT, say("assistant", "Noon."), say("user", "Thanks"))),
        think(),
        think(temperature=1),
        request(extended_thinking={"enabled": False}, temperature=0.5),
    ],
)
def test_a_good_request_is_accepted(good: object) -> None:
    assert validation_error(good) == ""


@given(
    field=st.sampled_from(sorted(validation.FIELDS)),
    value=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=2)
            | st.dictionaries(st.sampled_from(["role", "content", "type", "function"]), inner)
        ),
    ),
    good=st.sampled_from([request(), think(), offer(), with_tools(talk(CALLING, RESULT))]),
)
def test_no_value_of_any_field_breaks_the_demo(field: str, value: Any, good: Any) -> None:
    body = good | {field: value}
    if not validation_error(body):
        assert answer(body).text
