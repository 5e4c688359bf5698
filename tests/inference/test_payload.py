"""What is sent, and in which order: the service refuses what breaks its rules."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.demo.checks import complaint
from chatapp.inference.errors import RequestRefused
from chatapp.inference.payload import encode
from chatapp.inference.types import ChatMessage, CompletionRequest, ImagePart, TextPart


def say(role: Any, text: str) -> ChatMessage:
    return ChatMessage.from_text(role, text)


def sent(*messages: ChatMessage) -> list[dict[str, Any]]:
    return json.loads(encode(CompletionRequest("m", messages, 10)))["messages"]


def test_the_body_has_exactly_these_fields() -> None:
    body = json.loads(encode(CompletionRequest("claude", (say("user", "Hi"),), 4096)))
    assert body == {
        "model": "claude",
        "stream": True,
        "stream_options": {"include_usage": True},
        "max_tokens": 4096,
        "messages": [{"role": "user", "content": "Hi"}],
    }


def test_empty_messages_are_dropped_and_neighbours_merged() -> None:
    assert sent(
        say("system", "S"),
        say("user", "one"),
        say("assistant", "  \n"),
        ChatMessage("user", ()),
        say("user", "two"),
        say("assistant", "three"),
        say("user", "four"),
    ) == [
        {"role": "system", "content": "S"},
        {"role": "user", "content": "one\n\ntwo"},
        {"role": "assistant", "content": "three"},
        {"role": "user", "content": "four"},
    ]


def test_system_text_comes_first_in_one_message() -> None:
    assert sent(say("user", "u"), say("system", "a"), say("system", "b")) == [
        {"role": "system", "content": "a\n\nb"},
        {"role": "user", "content": "u"},
    ]


def test_the_turns_begin_and_end_with_the_user() -> None:
    assert sent(say("assistant", "a"), say("user", "u"), say("assistant", "b")) == [
        {"role": "user", "content": "u"}
    ]


def test_pictures_come_before_the_text() -> None:
    parts = (TextPart("a"), ImagePart("data:1"), TextPart(" "), ImagePart("https://2"))
    assert sent(ChatMessage("user", parts))[0]["content"] == [
        {"type": "image_url", "image_url": {"url": "data:1"}},
        {"type": "image_url", "image_url": {"url": "https://2"}},
        {"type": "text", "text": "a"},
    ]


def test_a_picture_alone_is_enough() -> None:
    content = sent(ChatMessage("user", (ImagePart("data:1"),)))[0]["content"]
    assert content == [{"type": "image_url", "image_url": {"url": "data:1"}}]


def test_only_the_user_sends_pictures() -> None:
    assistant = ChatMessage("assistant", (ImagePart("data:1"),))
    assert sent(say("user", "a"), assistant, say("user", "b")) == [
        {"role": "user", "content": "a\n\nb"}
    ]


@pytest.mark.parametrize("messages", [(), (say("system", "S"),), (say("user", " "),)])
def test_nothing_to_send_is_refused(messages: tuple[ChatMessage, ...]) -> None:
    with pytest.raises(RequestRefused):
        encode(CompletionRequest("m", messages, 10))


def test_markup_travels_as_escapes_and_means_the_same() -> None:
    text = "<script>alert('&')</script> \\u003c"
    raw = encode(CompletionRequest("m", (say("user", text),), 10))
    assert not set(b"<>&") & set(raw)
    assert json.loads(raw)["messages"][0]["content"] == text


def test_half_a_surrogate_pair_can_be_sent() -> None:
    assert sent(say("user", "a\ud800"))[0]["content"] == "a?"


@given(
    st.lists(
        st.builds(
            ChatMessage,
            st.sampled_from(["system", "user", "assistant"]),
            st.lists(
                st.builds(TextPart, st.sampled_from(["a", " ", "", "<&>"]))
                | st.builds(ImagePart, st.just("data:x")),
                max_size=3,
            ).map(tuple),
        ),
        max_size=6,
    )
)
def test_whatever_the_history_the_service_would_accept_it(messages: list[ChatMessage]) -> None:
    try:
        raw = encode(CompletionRequest("m", tuple(messages), 10))
    except RequestRefused:
        assert not any(m.role == "user" and (m.text.strip() or _has_picture(m)) for m in messages)
    else:
        assert complaint(json.loads(raw)) == ""


def _has_picture(message: ChatMessage) -> bool:
    return any(isinstance(part, ImagePart) for part in message.parts)
