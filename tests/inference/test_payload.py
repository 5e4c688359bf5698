"""The body of a request: its fields, their order, and how its text travels."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.payload import body_has_images, encode, weight
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    ImagePart,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)


def asked(text: str = "Hi", **options: Any) -> CompletionRequest:
    return CompletionRequest("claude", (ChatMessage.from_text("user", text),), 4096, **options)


def body(request: CompletionRequest) -> dict[str, Any]:
    return json.loads(encode(request))


def test_the_body_has_exactly_these_fields() -> None:
    assert body(asked()) == {
        "model": "claude",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_the_id_of_a_model_is_sent_as_it_is() -> None:
    assert body(replace(asked(), model="Claude_4.6:x/y "))["model"] == "Claude_4.6:x/y "


def test_there_is_exactly_one_field_for_the_token_limit() -> None:
    other = json.loads(encode(asked(), token_field="max_completion_tokens"))
    assert other["max_completion_tokens"] == 4096
    assert "max_tokens" not in other


LOOK = Tool("look", "Looks.", {"type": "object", "properties": {"q": {"type": "string"}}})


def test_requests_share_their_beginning_byte_for_byte() -> None:
    system = ChatMessage.from_text("system", "You are {kind}.")
    one = replace(asked("one", tools=(LOOK,)), messages=(system, *asked("one").messages))
    two = replace(one, messages=(system, *asked("two & more").messages))
    assert list(body(one)) == [
        "model",
        "tools",
        "tool_choice",
        "stream",
        "stream_options",
        "max_tokens",
        "messages",
    ]
    head, _, _ = encode(one).partition(b"one")
    assert head.endswith(b'{"role":"user","content":"')
    assert encode(two).startswith(head)


def test_tools_are_offered_and_the_choice_is_the_models() -> None:
    assert body(asked(tools=(LOOK,)))["tools"] == [
        {
            "type": "function",
            "function": {
                "name": "look",
                "description": "Looks.",
                "parameters": {"type": "object", "properties": {"q": {"type": "string"}}},
            },
        }
    ]
    assert body(asked(tools=(LOOK,)))["tool_choice"] == "auto"
    assert not {"tools", "tool_choice"} & body(asked()).keys()


@pytest.mark.parametrize(
    ("name", "clean"),
    [("a.b c", "a_b_c"), ("ä/", "_"), ("", "tool"), ("x" * 70, "x" * 64), ("Az-09_", "Az-09_")],
)
def test_names_of_tools_are_cleaned_in_offers_and_in_calls(name: str, clean: str) -> None:
    history = (
        ChatMessage.from_text("user", "u"),
        ChatMessage("assistant", (ToolCallPart("1", name, "{}"),)),
        ChatMessage("tool", (ToolResultPart("1", "r"),)),
    )
    request = CompletionRequest("m", history, 10, tools=(Tool(name, " ", {}),))
    function = body(request)["tools"][0]["function"]
    assert (function["name"], function["description"]) == (clean, clean)
    assert body(request)["messages"][1]["tool_calls"][0]["function"]["name"] == clean


def test_two_tools_of_one_name_are_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"two tools have one name: a_b, a_b$"):
        encode(asked(tools=(Tool("a.b", "x", {}), Tool("a b", "x", {}))))


def test_the_schema_uri_is_removed_at_every_depth() -> None:
    inner = {"$schema": "http://x", "type": "object", "anyOf": [{"$schema": "y", "type": "null"}]}
    tool = Tool("t", "d", {"$schema": "http://x", "properties": {"a": inner}})
    parameters = body(asked(tools=(tool,)))["tools"][0]["function"]["parameters"]
    assert parameters == {"properties": {"a": {"type": "object", "anyOf": [{"type": "null"}]}}}


def test_sampling_is_sent_only_when_set() -> None:
    assert body(asked(temperature=0.0))["temperature"] == 0.0
    assert "top_p" not in body(asked(temperature=0.5))
    assert body(asked(top_p=0.9))["top_p"] == 0.9
    assert "temperature" not in body(asked(top_p=0.9))


def test_temperature_and_top_p_together_are_a_mistake() -> None:
    with pytest.raises(ValueError, match=r"^a request may have temperature or top_p, not both$"):
        encode(asked(temperature=0.5, top_p=0.5))


def test_an_invalid_number_is_an_error() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode(asked(temperature=float("nan")))


@pytest.mark.parametrize(
    ("budget", "max_tokens", "max_output", "sent_budget", "sent_max_tokens"),
    [
        (2_000, 4_000, 8_192, 2_000, 6_000),
        (2_000, 8_192, 8_192, 2_000, 8_192),
        (2_000, 8_192, None, 2_000, 10_192),
        (2_000, 256, 8_192, 2_000, 3_024),
        (4_000, 256, 3_000, 1_976, 3_000),
        (4_000, 256, 1_000, 1_024, 2_048),
        (10, 10, None, 1_024, 2_048),
    ],
)
def test_thinking_has_a_budget_and_leaves_tokens_for_the_answer(
    budget: int, max_tokens: int, max_output: int | None, sent_budget: int, sent_max_tokens: int
) -> None:
    request = replace(asked(thinking_budget=budget, temperature=0.3), max_tokens=max_tokens)
    sent = json.loads(encode(request, max_output=max_output))
    assert sent["extended_thinking"] == {
        "enabled": True,
        "budget_tokens": sent_budget,
        "include_reasoning": True,
    }
    assert sent["max_tokens"] == sent_max_tokens
    assert not {"temperature", "top_p"} & sent.keys()


def test_markup_and_braces_travel_as_escapes_and_mean_the_same() -> None:
    text = "<script>alert('&')</script> {{ x }} \\u003c \\"
    parts = (ToolCallPart("1", "t", '{"a":"<b>"}'),)
    history = (
        ChatMessage("user", (ImagePart("https://x/?a=1&b={2}"), TextPart(text))),
        ChatMessage("assistant", parts),
        ChatMessage("tool", (ToolResultPart("1", text),)),
    )
    tool = Tool("t", text, {"type": "object", "properties": {"<&>{}": {}}})
    raw = encode(CompletionRequest("<m>", history, 10, tools=(tool,)))
    assert not set(b"<>&") & set(raw)
    sent = json.loads(raw)
    assert raw.decode().count("{") == raw.decode().count("}") == _objects(sent)
    assert sent["messages"][0]["content"][1]["text"] == text
    assert sent["messages"][0]["content"][0]["image_url"]["url"] == "https://x/?a=1&b={2}"
    assert sent["messages"][1]["tool_calls"][0]["function"]["arguments"] == '{"a":"<b>"}'
    assert sent["tools"][0]["function"]["description"] == text


def _objects(value: object) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_objects, value.values()))
    return sum(map(_objects, value)) if isinstance(value, list) else 0


def test_other_letters_than_ascii_are_not_escaped() -> None:
    assert "中".encode() in encode(asked("中"))


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1))
def test_every_text_arrives_as_it_is(text: str) -> None:
    assert body(asked(f"“{text}”"))["messages"][0]["content"] == f"“{text}”"


@pytest.mark.parametrize(
    ("text", "travels"),
    [("a\ud800", "a\ufffd"), ("\ud83e\udda9", "🦩"), ("ä\x00b", "äb"), ("a\x00", "a")],
)
def test_invalid_text_is_replaced(text: str, travels: str) -> None:
    assert body(asked(text))["messages"][0]["content"] == travels


def test_the_weight_is_about_the_length_of_the_body() -> None:
    parts = (TextPart("a" * 1_000), ImagePart("b" * 2_000))
    calls = (ToolCallPart("1", "t", "c" * 4_000),)
    results = (ToolResultPart("1", "d" * 8_000),)
    history = (
        ChatMessage("user", parts),
        ChatMessage("assistant", calls),
        ChatMessage("tool", results),
    )
    assert weight(CompletionRequest("m", history, 10)) == 15_000


def test_images_are_found_in_a_body_and_texts_about_them_are_not() -> None:
    image = ChatMessage("user", (ImagePart("https://a.example/b.png"), TextPart("Hi")))

    assert body_has_images(encode(CompletionRequest("m", (image,), 10)))
    assert not body_has_images(encode(asked('{"type":"image_url"}')))
