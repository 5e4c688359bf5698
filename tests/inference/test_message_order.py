"""Which messages are sent, and in which order: the service refuses what breaks its rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.errors import RequestRefused
from chatapp.inference.message_order import EMPTY_RESULT, NO_RESULT
from chatapp.inference.payload import NO_TEXT, encode
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    ImagePart,
    Part,
    TextPart,
    ToolCallPart,
    ToolResultPart,
)


def say(role: Any, text: str) -> ChatMessage:
    return ChatMessage.from_text(role, text)


def call(*ids: str, text: str = "", arguments: str = "{}") -> ChatMessage:
    calls = tuple(ToolCallPart(call_id, "look", arguments) for call_id in ids)
    return ChatMessage("assistant", (*([TextPart(text)] if text else []), *calls))


def result(call_id: str, content: str = "found") -> ChatMessage:
    return ChatMessage("tool", (ToolResultPart(call_id, content),))


def sent(*messages: ChatMessage) -> list[dict[str, Any]]:
    return json.loads(encode(CompletionRequest("m", messages, 10)))["messages"]


def brief(*messages: ChatMessage) -> list[tuple[str, ...]]:
    """Role, content, and the ids of calls or results."""
    return [
        (
            message["role"],
            message["content"],
            *(call["id"] for call in message.get("tool_calls", [])),
            *filter(None, [message.get("tool_call_id")]),
        )
        for message in sent(*messages)
    ]


def test_empty_messages_are_dropped_and_neighbours_merged() -> None:
    assert brief(
        say("system", "S"),
        say("user", "one"),
        say("assistant", "  \n"),
        say("assistant", "\x00"),
        ChatMessage("user", ()),
        say("user", "two"),
        say("assistant", "three"),
        say("assistant", "four"),
        say("user", "five"),
    ) == [
        ("system", "S"),
        ("user", "one\n\ntwo"),
        ("assistant", "three\n\nfour"),
        ("user", "five"),
    ]


def test_system_text_comes_first_in_one_message() -> None:
    assert brief(say("user", "u"), say("system", "a"), say("system", "b")) == [
        ("system", "a\n\nb"),
        ("user", "u"),
    ]


def test_the_turns_begin_and_end_with_the_user() -> None:
    assert brief(say("assistant", "a"), say("user", "u"), say("assistant", "b")) == [("user", "u")]


def test_only_messages_after_the_last_user_are_dropped() -> None:
    turns = (say("user", "u"), say("assistant", "a"), say("user", "v"))
    assert brief(*turns, say("assistant", "b")) == brief(*turns)


def test_a_call_without_an_id_is_dropped() -> None:
    assert brief(say("user", "u"), call("", text="I look."), result(""), say("user", "v")) == [
        ("user", "u"),
        ("assistant", "I look."),
        ("user", "v"),
    ]


def test_calls_of_different_turns_never_have_one_id() -> None:
    # Servers that count their calls begin anew with each answer.
    first = (say("user", "u"), call("1"), result("1", "a"), call("1", "2"), result("2", "c"))
    assert brief(*first, result("1", "b")) == [
        ("user", "u"),
        ("assistant", NO_TEXT, "1"),
        ("tool", "a", "1"),
        ("assistant", NO_TEXT, "1_2", "2"),
        ("tool", "b", "1_2"),
        ("tool", "c", "2"),
    ]


def test_the_ids_of_calls_have_plain_characters_and_few_of_them() -> None:
    odd, long = "functions.look:0|ä", "x" * 100
    ids = [turn[-1] for turn in brief(say("user", "u"), call(odd, long), result(odd), result(long))]
    assert ids == ["u", "x" * 64, "functions_look_0__", "x" * 64]


@pytest.mark.parametrize(
    "messages",
    [
        (),
        (say("system", "S"),),
        (say("user", " "),),
        (call("1"), result("1")),
        (ChatMessage("user", (ImagePart(""),)),),
    ],
)
def test_nothing_to_send_is_refused(messages: tuple[ChatMessage, ...]) -> None:
    with pytest.raises(RequestRefused, match=r"^There is nothing to send\. Write a message\.$"):
        encode(CompletionRequest("m", messages, 10))


def test_images_come_before_the_text() -> None:
    parts = (TextPart("a"), ImagePart("data:1"), TextPart(" "), ImagePart("https://2"))
    assert sent(ChatMessage("user", parts))[0]["content"] == [
        {"type": "image_url", "image_url": {"url": "data:1"}},
        {"type": "image_url", "image_url": {"url": "https://2"}},
        {"type": "text", "text": "a"},
    ]


def test_an_image_alone_is_enough() -> None:
    content = sent(ChatMessage("user", (ImagePart("data:1", 3, 4),)))[0]["content"]
    assert content == [{"type": "image_url", "image_url": {"url": "data:1"}}]


def test_only_the_user_sends_images() -> None:
    assistant = ChatMessage("assistant", (ImagePart("data:1"),))
    assert brief(say("user", "a"), assistant, say("user", "b")) == [("user", "a\n\nb")]


def test_a_call_and_its_result() -> None:
    assert sent(say("user", "u"), call("1", text="I look.", arguments='{"a":1}'), result("1")) == [
        {"role": "user", "content": "u"},
        {
            "role": "assistant",
            "content": "I look.",
            "tool_calls": [
                {
                    "id": "1",
                    "type": "function",
                    "function": {"name": "look", "arguments": '{"a":1}'},
                }
            ],
        },
        {"role": "tool", "tool_call_id": "1", "content": "found"},
    ]


def test_results_are_not_merged_and_keep_the_order_of_their_calls() -> None:
    assert brief(say("user", "u"), call("1", "2"), result("2", "b"), result("1", "a")) == [
        ("user", "u"),
        ("assistant", NO_TEXT, "1", "2"),
        ("tool", "a", "1"),
        ("tool", "b", "2"),
    ]


def test_several_results_in_one_turn_become_one_message_each() -> None:
    results = ChatMessage("tool", (ToolResultPart("1", "a"), ToolResultPart("2", "b")))
    assert brief(say("user", "u"), call("1", "2"), results)[2:] == [
        ("tool", "a", "1"),
        ("tool", "b", "2"),
    ]


def test_a_missing_result_becomes_a_sentence() -> None:
    assert brief(say("user", "u"), call("1"), say("user", "v")) == [
        ("user", "u"),
        ("assistant", NO_TEXT, "1"),
        ("tool", NO_RESULT, "1"),
        ("user", "v"),
    ]


def test_a_call_at_the_end_is_answered_too() -> None:
    assert brief(say("user", "u"), call("1"))[-1] == ("tool", NO_RESULT, "1")


def test_results_without_a_call_are_dropped_and_their_neighbours_merged() -> None:
    assert brief(say("user", "u"), result("9"), say("user", "v")) == [("user", "u\n\nv")]
    assert brief(say("user", "u"), call("1"), result("1"), say("user", "v"), result("1")) == [
        ("user", "u"),
        ("assistant", NO_TEXT, "1"),
        ("tool", "found", "1"),
        ("user", "v"),
    ]


def test_one_id_is_one_call_and_one_result() -> None:
    assert brief(say("user", "u"), call("1", "1"), result("1", "a"), result("1", "b"))[1:] == [
        ("assistant", NO_TEXT, "1"),
        ("tool", "a", "1"),
    ]


@pytest.mark.parametrize("arguments", ["", "[1]", "7", "null", '"x"', "{", '{"a":NaN}', "[" * 9999])
def test_arguments_that_are_no_object_become_an_empty_one(arguments: str) -> None:
    made = sent(say("user", "u"), call("1", arguments=arguments))[1]["tool_calls"][0]
    assert made["function"]["arguments"] == "{}"


@pytest.mark.parametrize(
    ("arguments", "travel"),
    [
        (r'{"a":"\ud83d"}', r'{"a":"\ufffd"}'),
        (r'{"a":"\ud83d\ude00 \\ud83d"}', r'{"a":"\ud83d\ude00 \\ud83d"}'),
        (r'"{\"a\":\"\\ud83d\"}"', r'{"a":"\ufffd"}'),
        (r'"{\"a\":\"\ud83d\"}"', '{"a":"\ufffd"}'),
    ],
)
def test_half_a_character_in_arguments_is_replaced(arguments: str, travel: str) -> None:
    """The service parses them, and may refuse the whole request for one."""
    made = sent(say("user", "u"), call("1", arguments=arguments))[1]["tool_calls"][0]
    assert made["function"]["arguments"] == travel


@pytest.mark.parametrize(
    ("content", "travels"),
    [
        ("plain", "plain"),
        ('{"a": 1}', '{"a": 1}'),
        ('"text"', '"text"'),
        ("[1, 2]", '{"result":[1, 2]}'),
        (" 7\n", '{"result":7}'),
        ("-1.5e3", '{"result":-1.5e3}'),
        ("9" * 5_000, f'{{"result":{"9" * 5_000}}}'),
        ("true", '{"result":true}'),
        ("false", '{"result":false}'),
        ("null", '{"result":null}'),
        ("NaN", "NaN"),
        ("", EMPTY_RESULT),
        (" \n", EMPTY_RESULT),
        ("\x00", EMPTY_RESULT),
    ],
)
def test_a_result_is_a_text_or_an_object(content: str, travels: str) -> None:
    assert sent(say("user", "u"), call("1"), result("1", content))[2]["content"] == travels


@pytest.mark.parametrize(
    ("text", "travels"),
    [
        ("<reasoning>a</reasoning>", "[reasoning]a[/reasoning]"),
        ("<Thinking mode='x'>", "[Thinking mode='x']"),
        ("<ns:thinking>", "[ns:thinking]"),
        ("<b>thinking</b>", "<b>thinking</b>"),
        ("a < reasoning", "a < reasoning"),
    ],
)
def test_tags_of_thinking_in_answers_lose_their_angles(text: str, travels: str) -> None:
    assert brief(say("user", text), say("assistant", text), say("user", "v")) == [
        ("user", text),
        ("assistant", travels),
        ("user", "v"),
    ]


parts: st.SearchStrategy[Part] = (
    st.builds(TextPart, st.sampled_from(["a", " ", "", "<&>{", "\ud800"]))
    | st.builds(ImagePart, st.sampled_from(["data:x", ""]))
    | st.builds(
        ToolCallPart, st.sampled_from(["1", "2", ""]), st.just("t"), st.sampled_from(["", "[]"])
    )
    | st.builds(ToolResultPart, st.sampled_from(["1", "2"]), st.sampled_from(["", "a", "[]"]))
)
messages = st.builds(
    ChatMessage,
    st.sampled_from(["system", "user", "assistant", "tool"]),
    st.lists(parts, max_size=3).map(tuple),
)


@given(st.lists(messages, max_size=8))
def test_every_rule_holds_for_every_history(history: list[ChatMessage]) -> None:
    try:
        turns = sent(*history)
    except RequestRefused:
        return
    while turns[0]["role"] == "system":
        assert turns.pop(0)["content"].strip()
    assert turns[0]["role"] == "user"
    assert turns[-1]["role"] != "assistant"
    open_calls: list[str] = []
    for before, turn in zip([None, *turns], turns, strict=False):
        content = turn["content"]
        assert content
        assert isinstance(content, list) or content.strip()
        if turn["role"] == "tool":
            assert turn["tool_call_id"] == open_calls.pop(0)
        else:
            assert not open_calls
            assert not before or before["role"] != turn["role"]
            open_calls = [made["id"] for made in turn.get("tool_calls", [])]
            assert len(open_calls) == len(set(open_calls))
    assert not open_calls


@given(st.lists(messages, max_size=6))
def test_a_history_with_a_user_message_is_never_refused(history: list[ChatMessage]) -> None:
    brief(*history, say("user", "now"))
