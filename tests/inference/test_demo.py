"""The demo model's answers, as pure functions of the request."""

from __future__ import annotations

import base64
import io
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from chatapp.inference.demo.answers import answer
from chatapp.inference.demo.commands import HELP, SWITCHES, WITH_NUMBER, parse_commands
from chatapp.inference.demo.images import describe
from chatapp.inference.demo.sample_texts import numbered, tokens
from chatapp.inference.demo.wire_format import Frames

CONTINUE = "Continue exactly where you stopped. Do not repeat anything."


def say(role: str, content: Any) -> dict[str, Any]:
    return {"role": role, "content": content}


def reply(*messages: dict[str, Any], **fields: Any) -> Any:
    return answer({"model": "m", "messages": list(messages), **fields})


def data_url(image: Image.Image, kind: str) -> str:
    buffer = io.BytesIO()
    image.save(buffer, kind)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"


def test_the_tour_shows_every_kind_of_markdown() -> None:
    text = reply(say("user", "Hello")).text
    for sign in ("# ", "1. ", "   - ", "- [x]", "```python", "| ---", "$$", "> Hello", "](https"):
        assert sign in text


@pytest.mark.parametrize("question", ["Hello", "/long 300", "/help", "/emoji", "/echo a b  c\n\nd"])
@given(share=st.floats(0.01, 1))
def test_continuing_returns_exactly_the_rest(question: str, share: float) -> None:
    whole = reply(say("user", question)).text
    given_part = whole[: max(1, int(len(whole) * share))]
    rest = reply(say("user", question), say("assistant", given_part), say("user", CONTINUE)).text
    assert given_part + rest == whole or (given_part == whole and "already complete" in rest)


def test_continuing_twice_returns_the_rest_of_the_rest() -> None:
    whole = reply(say("user", "/long 90")).text
    history = [say("user", "/long 90"), say("assistant", whole[:50]), say("user", CONTINUE)]
    history += [say("assistant", whole[50:80]), say("user", CONTINUE)]
    assert reply(*history).text == whole[80:]


def test_an_interrupted_answer_is_longer_without_another_interruption() -> None:
    planned = reply(say("user", "/cut 2 x"), say("assistant", "# A d"), say("user", CONTINUE))
    assert planned.drop_after is None
    assert planned.text.startswith("emo answer")


def test_length_stops_half_way_and_the_rest_follows() -> None:
    first = reply(say("user", "/length hi"))
    assert first.finish_reason == "length"
    rest = reply(say("user", "/length hi"), say("assistant", first.text), say("user", CONTINUE))
    assert rest.finish_reason == "stop"
    assert first.text + rest.text == reply(say("user", "hi")).text


def test_a_command_in_an_earlier_paragraph_does_not_count() -> None:
    assert parse_commands("/error 500\n\nhello").error == ""
    assert parse_commands("hello\n\n/error 500").error == "500"


def test_commands_combine_and_leave_the_words() -> None:
    commands = parse_commands("/rate 5 tell me /cut 20 more")
    assert (commands.rate, commands.drop_after) == (5, 20)
    assert commands.words.split() == ["tell", "me", "more"]


@pytest.mark.parametrize(
    "text",
    [
        *("/cut", "/cut x", "/error 200", "a/reason", "/reasons", "/cutter 5"),
        *("/flaky 503", "/flaky 200 2", "/flaky 503 x", "/window", "/think", "/thinking 3"),
    ],
)
def test_text_that_only_looks_like_a_command_stays_text(text: str) -> None:
    assert parse_commands(text) == parse_commands("") or parse_commands(text).words == text


def test_the_help_names_every_command() -> None:
    for name in (*SWITCHES, *WITH_NUMBER, "error", "flaky", "echo"):
        assert f"`/{name}" in HELP


@pytest.mark.parametrize("count", [1, 7, 250])
def test_a_long_answer_has_exactly_so_many_tokens(count: int) -> None:
    assert len(tokens(numbered(count))) == count


@given(st.text())
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("how do I bake sourdough bread at home quickly?", "How do I bake sourdough bread"),
        ("/reason **why** is the sky blue", "Why is the sky blue"),
        ("🙂", "Demo conversation"),
    ],
)
def test_a_title_is_a_few_words_of_the_text(words: str, title: str) -> None:
    asked = say("system", "Write a short title for this chat.")
    assert reply(asked, say("user", words)).text == title


THINKING = {"enabled": True, "budget_tokens": 1024, "include_reasoning": True}


def test_reasoning_is_on_when_the_request_wants_it() -> None:
    assert reply(say("user", "hi"), extended_thinking=THINKING).reasoning
    assert not reply(say("user", "hi")).reasoning
    assert reply(say("user", "/reason")).reasoning


@pytest.mark.parametrize("off", [{"enabled": False}, {"include_reasoning": False}])
def test_reasoning_stays_away_unless_it_is_wanted_back(off: dict[str, bool]) -> None:
    planned = reply(say("user", "/think 12"), extended_thinking=THINKING | off)
    assert (planned.reasoning, planned.thinking_seconds) == ("", 0)


def test_thinking_is_spread_over_its_time_and_the_answer_follows_at_its_pace() -> None:
    planned = reply(say("user", "/think 12 /long 3"), extended_thinking=THINKING)
    frames = list(Frames("id", 0, "m").timed(planned, rate=50))
    thoughts = [due for due, frame in frames if b"thinking" in frame]
    answers = [due for due, frame in frames if b"content" in frame]
    assert len(thoughts) >= 120
    assert thoughts[0] == 0
    assert max(b - a for a, b in pairwise(thoughts)) <= 0.1 + 1e-9
    assert answers == pytest.approx([12, 12.02, 12.04])


def test_without_a_rate_everything_is_due_at_once() -> None:
    planned = reply(say("user", "/reason /tool"))
    assert {due for due, _ in Frames("id", 0, "m").timed(planned, rate=0)} == {0}


def test_a_tool_result_is_quoted() -> None:
    messages = [say("user", "/tool"), say("assistant", "."), say("tool", '{"time":"12:00"}')]
    assert '{"time":"12:00"}' in reply(*messages).text


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp", "gif"])
def test_an_image_is_measured(kind: str) -> None:
    image = Image.new("RGB", (300, 200), "#dc141e")
    image.paste("#1e3cdc", (0, 0, 75, 200))
    part = {"type": "image_url", "image_url": {"url": data_url(image, kind)}}
    text = reply(say("user", [part, {"type": "text", "text": "What is this?"}])).text
    assert f"{kind.upper()}, 300 x 200 pixels" in text
    red, blue = text.index("red (`#"), text.index("blue (`#")
    assert red < blue
    assert "75%" in text
    if kind == "png":
        assert "red (`#dc141e`" in text


def test_transparent_places_count_as_white() -> None:
    assert "white (`#ffffff`, 100%)" in describe(data_url(Image.new("RGBA", (9, 9)), "png"))


def test_at_most_four_colours_are_named() -> None:
    image = Image.new("RGB", (60, 10))
    for i, colour in enumerate(("red", "blue", "white", "yellow", "black", "green")):
        image.paste(colour, (i * 10, 0, i * 10 + 10, 10))
    assert describe(data_url(image, "png")).count("`#") == 4


def test_a_link_is_not_fetched_and_the_demo_explains_it() -> None:
    assert "don't fetch links" in describe("https://example.com/cat.png")


@pytest.mark.parametrize("payload", ["", "AAAA", "not base64!", "iVBORw0KGgo="])
def test_a_broken_image_is_called_broken(payload: str) -> None:
    assert "broken" in describe(f"data:image/png;base64,{payload}")


@pytest.mark.parametrize("side", [8_000, 10_000, 20_000])
def test_a_huge_image_is_not_decoded(side: int) -> None:
    url = data_url(Image.new("1", (side, side)), "png")
    assert "too large" in describe(url)


def test_an_incomplete_image_is_called_broken() -> None:
    url = data_url(Image.effect_noise((64, 64), 50), "png")
    assert "broken" in describe(url[: len(url) // 2 // 4 * 4])
