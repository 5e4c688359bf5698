"""Tokens are estimated honestly, and what is cut is cut at the borders of turns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain
from statistics import mean
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.context_window import (
    EXCLUDED_IMAGE,
    MAX_IMAGES,
    MAX_TOKENS_PER_IMAGE,
    estimate,
    estimate_text,
    exclude_images,
    fit,
    image_tokens,
)
from chatapp.inference.types import (
    ChatMessage,
    CompletionRequest,
    ImagePart,
    Part,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

# The numbers of tokens that Anthropic's API counted for Claude 4.5, published with bpe-lite (MIT).
COUNTED = {
    "English": (11, "The quick brown fox jumps over the lazy dog."),
    "Latin": (
        199,
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt "
        "ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation "
        "ullamco laboris nisi ut aliquip ex ea commodo consequat. Duis aute irure dolor in "
        "reprehenderit in voluptate velit esse cillum dolore eu fugiat nulla pariatur. Excepteur "
        "sint occaecat cupidatat non proident, sunt in culpa qui officia deserunt mollit anim id "
        "est laborum. Sed ut perspiciatis unde omnis iste natus error sit voluptatem accusantium "
        "doloremque laudantium, totam rem aperiam, eaque ipsa quae ab illo inventore veritatis et "
        "quasi architecto beatae vitae dicta sunt explicabo.",
    ),
    "code": (
        99,
        "def quicksort(arr):\n    if len(arr) <= 1:\n        return arr\n"
        "    pivot = arr[len(arr) // 2]\n    left = [x for x in arr if x < pivot]\n"
        "    middle = [x for x in arr if x == pivot]\n    right = [x for x in arr if x > pivot]\n"
        "    return quicksort(left) + middle + quicksort(right)",
    ),
    "numbers": (44, "0 1 2 3 5 8 13 21 34 55 89 144 233 377 610 987 1597 2584 4181 6765"),
    "hashes": (
        58,
        "d41d8cd98f00b204e9800998ecf8427e 5d41402abc4b2a76b9719d911017c592 "
        "098f6bcd4621d373cade4e832627b4f6",
    ),
    "base64": (
        79,
        "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDw"
        "ADhgGAWjR9awAAAABJRU5ErkJggg==",
    ),
    "Chinese": (
        45,
        "人工智能正在改变世界。机器学习模型可以理解和生成自然语言。深度学习是人工智能的重要分支。",
    ),
    "Arabic": (
        56,
        "يغير الذكاء الاصطناعي العالم. يمكن لنماذج التعلم الآلي فهم اللغة الطبيعية وتوليدها.",
    ),
    "emoji": (61, "😀 😂 🤔 🎉 🚀 🌍 🔥 💡 ❤️ 🐍 🦊 🌈 ⭐ 🎵 🏆"),
    "arrows": (100, "→ ← ↑ ↓ ↔ ↕ ⇒ ⇐ ⇑ ⇓ ⇔ ⟹ ⟸ ⟺ ↗ ↘ ↙ ↖ ↩ ↪ ↺ ↻ ⤴ ⤵"),
}


@pytest.mark.parametrize("kind", COUNTED)
def test_an_estimate_is_near_the_count(kind: str) -> None:
    counted, text = COUNTED[kind]
    assert 0.85 * counted <= estimate_text(text) <= 1.35 * counted


def test_an_estimate_is_rather_too_high_than_too_low() -> None:
    assert 1.05 < mean(estimate_text(text) / count for count, text in COUNTED.values()) < 1.2


@pytest.mark.parametrize(
    ("characters", "tokens"),
    [
        ("\x00\x08\x0e\x1f!09@[`{~\x7f", 0.88),
        ("\t\n\r", 0.6),
        (" ", 0.2),
        ("AZ", 1.06),
        ("az", 0.26),
        ("\u0080éя\u07ff", 0.9),
        ("\u0800กक\u1fff", 2.0),
        ("\u2000—→\u2fff", 3.6),
        ("\u3000あ中\u9fff", 1.2),
        ("\ua000한！\uffff", 1.6),
        ("\U00010000😀\U0010ffff", 3.2),
    ],
)
def test_each_kind_of_character_has_its_weight(characters: str, tokens: float) -> None:
    for character in characters:
        assert estimate_text(character * 100) == round(tokens * 100)


def test_an_estimate_has_no_surprises() -> None:
    assert estimate_text("") == 0
    assert estimate_text("a") == 1
    assert estimate_text("\ud83e") == 1  # half a character
    assert estimate_text("\x00\x7f") == 2


@given(st.text(max_size=50), st.text(max_size=50))
def test_an_estimate_grows_with_the_text(first: str, second: str) -> None:
    together = estimate_text(first + second)
    apart = estimate_text(first) + estimate_text(second)
    assert apart - 1 <= together <= apart


@pytest.mark.parametrize(
    ("width", "height", "tokens"),
    [
        (0, 0, 1_568),
        (0, 100, 1_568),
        (100, 0, 1_568),
        (1, 1, 1),
        (300, 250, 100),
        (301, 250, 101),
        (1_000, 1_000, 1_334),
        (1_568, 750, 1_568),
        (1_568, 375, 784),
        (3_136, 750, 784),  # scaled to half of each side
        (750, 3_136, 784),
        (8_000, 8_000, 1_568),
        (8_000, 1, 1),
    ],
)
def test_an_image_takes_its_pixels_after_scaling(width: int, height: int, tokens: int) -> None:
    assert image_tokens(width, height) == tokens


def test_everything_that_is_sent_counts() -> None:
    request = ask(user("Hello"))
    tool = Tool("look", "Looks.", MappingProxyType({"type": "object", "properties": {}}))
    for more in (
        replace(request, tools=(tool,)),
        ask(ChatMessage.from_text("system", "Be kind."), user("Hello")),
        ask(user("Hello", ImagePart("data:", 10, 10))),
        ask(user("Hello"), ChatMessage("assistant", (ToolCallPart("1", "look", "{}"),))),
        ask(user("Hello"), ChatMessage("tool", (ToolResultPart("1", "A wall"),))),
    ):
        assert estimate(more) > estimate(request)
    assert estimate(replace(request, tools=(tool, tool))) > estimate(
        replace(request, tools=(tool,))
    )
    assert estimate(ask(user("a" * 1_000))) > estimate(request) + 200


def test_markup_around_texts_counts() -> None:
    empty = ask(user(""))
    called = ask(ChatMessage("assistant", (ToolCallPart("1", "", ""),)))
    answered = ask(ChatMessage("tool", (ToolResultPart("1", ""),)))
    tool = Tool("a", "", {})
    other = Tool("a", "", {"title": "é"})

    assert estimate(ask()) == 0
    assert estimate(empty) == 8
    assert estimate(called) == estimate(answered) == 8 + 40
    assert estimate(replace(empty, tools=(tool,))) == 8 + 346 + 40 + estimate_text("a{}")
    assert estimate(replace(empty, tools=(tool, tool))) == 8 + 346 + 2 * (40 + estimate_text("a{}"))
    parameters = estimate_text('a{"title": "é"}')
    assert estimate(replace(empty, tools=(other,))) == 8 + 346 + 40 + parameters


def test_the_text_of_calls_and_results_counts() -> None:
    called = ask(ChatMessage("assistant", (ToolCallPart("1", "look", "{}"),)))
    answered = ask(ChatMessage("tool", (ToolResultPart("1", "A wall"),)))

    assert estimate(called) == 8 + 40 + estimate_text("look{}")
    assert estimate(answered) == 8 + 40 + estimate_text("A wall")


def test_oldest_images_become_notes() -> None:
    request = ask(
        user("a", image(1), image(2)), said("b"), user("c", image(3)), user("d", image(4))
    )
    note = TextPart(EXCLUDED_IMAGE)

    cut = exclude_images(request, 3)

    assert cut.messages[0].parts == (TextPart("a"), note, note)
    assert cut.messages[2].parts == (TextPart("c"), note)
    assert (cut.messages[1], cut.messages[3]) == (request.messages[1], request.messages[3])
    assert exclude_images(request, 1).messages[0].parts == (TextPart("a"), note, image(2))
    assert images_of(exclude_images(request, 9)) == []


@pytest.mark.parametrize("count", [0, -1])
def test_no_image_excluded_is_the_same_request(count: int) -> None:
    request = ask(user("a", image(1)))
    assert exclude_images(request, count) is request
    assert exclude_images(ask(user("a")), 5) == ask(user("a"))


def test_a_request_that_fits_is_the_same_object() -> None:
    request = ask(*ten_turns())
    fitted = fit(request, estimate(request) + request.max_tokens)
    assert fitted.request is request
    assert (fitted.turns_excluded, fitted.images_excluded) == (0, 0)


def test_whole_turns_go_oldest_first() -> None:
    messages = ten_turns()
    request = ask(*messages)

    fitted = fit(request, estimate(request) + request.max_tokens - 1)

    assert fitted.request.messages == tuple(messages[3:])
    assert (fitted.turns_excluded, fitted.images_excluded) == (1, 0)


def test_images_of_old_turns_go_first_and_only_as_many_as_needed() -> None:
    request = ask(
        user("a", image(1)), said("b"), user("c", image(2)), said("d"), user("e", image(3))
    )
    whole = estimate(request) + request.max_tokens

    one = fit(request, whole - 1)
    assert images_of(one.request) == [image(2), image(3)]
    assert (one.turns_excluded, one.images_excluded) == (0, 1)

    two = fit(request, whole - MAX_TOKENS_PER_IMAGE)
    assert images_of(two.request) == [image(3)]
    assert (two.turns_excluded, two.images_excluded) == (0, 2)

    none = fit(request, 0)
    assert none.request.messages == request.messages[-1:]
    assert (none.turns_excluded, none.images_excluded) == (2, 0)


def test_images_that_go_with_their_turn_count_as_turns() -> None:
    request = ask(user("a" * 9_000, image(1)), said("b"), user("c", image(2)), said("d"), user("e"))

    fitted = fit(request, request.max_tokens + 500)

    assert fitted.request.messages[0].parts == (TextPart("c"), TextPart(EXCLUDED_IMAGE))
    assert (fitted.turns_excluded, fitted.images_excluded) == (1, 1)


def test_more_images_than_the_service_takes_are_excluded_whatever_the_window() -> None:
    request = ask(user("a", *map(image, range(15))), said("b"), user("c", *map(image, range(9))))

    fitted = fit(request, 10**9)

    assert images_of(fitted.request) == images_of(request)[-MAX_IMAGES:]
    assert (fitted.turns_excluded, fitted.images_excluded) == (0, 4)
    last = fit(ask(user("a", *map(image, range(25)))), 10**9)
    assert images_of(last.request) == [image(number) for number in range(5, 25)]


def test_surplus_images_are_excluded_first() -> None:
    request = ask(user("a", *map(image, range(24))), said("b"), user("c"))
    after = estimate(exclude_images(request, 4)) + request.max_tokens

    assert fit(request, after).images_excluded == 4
    assert fit(request, after - 1).images_excluded == 5


def test_system_text_tools_and_the_last_turn_stay_even_when_too_long() -> None:
    system = ChatMessage.from_text("system", "s" * 9_000)
    loop = (
        user("what?", image(1)),
        ChatMessage("assistant", (ToolCallPart("1", "look", "{}"),)),
        ChatMessage("tool", (ToolResultPart("1", "r" * 9_000),)),
        said("I see"),
    )
    tool = Tool("look", "Looks.", {"type": "object"})
    request = replace(ask(system, user("a"), said("b"), *loop), tools=(tool,))

    fitted = fit(request, 100)

    assert fitted.request == replace(request, messages=(system, *loop))
    assert fitted.turns_excluded == 1


def test_a_message_that_stays_is_no_turn_and_is_kept() -> None:
    files = replace(user("f" * 9_000, image(1)), stays=True)
    request = ask(files, user("a" * 9_000), said("b"), user("c"))

    fitted = fit(request, 5_000)

    assert fitted.turns_excluded == 1
    assert [message.role for message in fitted.request.messages] == ["user", "user"]
    assert fitted.request.messages[0].stays
    assert fitted.request.messages[-1] == user("c")
    assert fit(ask(files, user("a")), 0).request == ask(files, user("a"))


def test_a_system_message_within_a_turn_that_goes_stays() -> None:
    system = ChatMessage.from_text("system", "s")
    request = ask(user("a"), system, said("b"), user("c"))
    assert fit(request, 0).request.messages == (system, user("c"))


def test_a_kept_system_message_frees_no_tokens() -> None:
    system = ChatMessage.from_text("system", "s" * 400)
    request = ask(user("a"), system, user("b"), user("c"))
    window = estimate(ask(system, user("b"), user("c"))) + request.max_tokens

    assert fit(request, window).turns_excluded == 1
    assert fit(request, window - 1).turns_excluded == 2


def test_tools_count_towards_the_window() -> None:
    tool = Tool("look", "Looks.", {"type": "object"})
    request = replace(ask(user("a"), said("b"), user("c")), tools=(tool,))
    window = estimate(request) + request.max_tokens

    assert fit(request, window).request is request
    assert fit(request, window - 1).turns_excluded == 1


def test_the_only_turn_stays_whole_when_it_has_more() -> None:
    request = replace(ask(user("a"), said("b"), user("Go on.")), is_continuation=True)
    assert fit(request, 0).request is request


def test_an_unanswered_message_that_is_too_long_goes_before_the_next() -> None:
    request = ask(user("a" * 900_000), user("short"))
    assert fit(request, 10_000).request.messages == (user("short"),)


def test_the_scale_makes_tokens_larger() -> None:
    request = ask(*ten_turns())
    window = estimate(request) + request.max_tokens
    assert fit(request, window, scale=0.9).request is request
    assert fit(request, window, scale=1.01).turns_excluded == 1
    assert fit(request, window, scale=1.3).turns_excluded == 3


def test_messages_before_the_first_user_message_belong_to_its_turn() -> None:
    request = ask(said("Welcome"), user("a"), said("b"), user("c"))
    assert fit(request, 0).turns_excluded == 1
    assert fit(ask(said("Welcome")), 0).request.messages == (said("Welcome"),)
    assert fit(ask(), 0).request.messages == ()


# A conversation is made of whole turns: text, images, tool loops, unanswered messages.
sizes = st.integers(0, 400)
images = st.builds(ImagePart, st.just("data:"), st.integers(0, 900), st.integers(0, 900))
questions = st.builds(
    lambda size, parts: user("q" * size, *parts), sizes, st.lists(images, max_size=3)
)
answers = st.builds(lambda size: said("a" * size), sizes)


@st.composite
def turns(draw: st.DrawFn) -> list[ChatMessage]:
    messages = [draw(questions)]
    for _ in range(draw(st.integers(0, 2))):
        ids = draw(st.sampled_from([["1"], ["1", "2"]]))
        messages.append(ChatMessage("assistant", tuple(ToolCallPart(i, "look", "{}") for i in ids)))
        messages.append(
            ChatMessage("tool", tuple(ToolResultPart(i, "r" * draw(sizes)) for i in ids))
        )
    return messages + draw(st.lists(answers, max_size=1))


@st.composite
def conversations(draw: st.DrawFn) -> CompletionRequest:
    system = draw(st.sampled_from([(), (ChatMessage.from_text("system", "Be kind."),)]))
    return ask(*system, *chain.from_iterable(draw(st.lists(turns(), min_size=1, max_size=12))))


windows = st.integers(0, 12_000)
scales = st.sampled_from([0.5, 1.0, 1.3, 2.0])


@given(conversations(), windows, scales)
def test_a_shortened_conversation_is_valid(
    request: CompletionRequest, window: int, scale: float
) -> None:
    fitted = fit(request, window, scale=scale)
    before, after = talk(request), talk(fitted.request)

    assert [m.text for m in request.messages if m.role == "system"] == [
        m.text for m in fitted.request.messages if m.role == "system"
    ]
    assert after[0].role == "user"
    assert calls(after) == results(after)
    last_turn = max(i for i, message in enumerate(before) if message.role == "user")
    assert after[last_turn - len(before) :] == before[last_turn:]
    started = [message for message in before if message.role == "user"]
    assert len([m for m in after if m.role == "user"]) == len(started) - fitted.turns_excluded
    notes = sum(part == TextPart(EXCLUDED_IMAGE) for message in after for part in message.parts)
    assert notes == fitted.images_excluded


@given(conversations(), windows, scales)
def test_it_fits_unless_only_the_last_turn_is_left(
    request: CompletionRequest, window: int, scale: float
) -> None:
    fitted = fit(request, window, scale=scale).request
    fits = estimate(fitted) * scale + fitted.max_tokens <= window + 0.001

    assert fits or sum(message.role == "user" for message in fitted.messages) == 1
    assert len(images_of(fitted)) <= MAX_IMAGES


@given(conversations(), windows, scales)
def test_fitting_twice_changes_nothing(
    request: CompletionRequest, window: int, scale: float
) -> None:
    fitted = fit(request, window, scale=scale).request
    assert fit(fitted, window, scale=scale).request is fitted


@given(conversations(), windows, windows)
def test_a_larger_window_keeps_no_less(request: CompletionRequest, one: int, two: int) -> None:
    small, large = fit(request, min(one, two)), fit(request, max(one, two))
    assert large.turns_excluded <= small.turns_excluded
    assert len(images_of(large.request)) >= len(images_of(small.request))


def ask(*messages: ChatMessage) -> CompletionRequest:
    return CompletionRequest("m", messages, 1_000)


def user(text: str, *images: ImagePart) -> ChatMessage:
    return ChatMessage("user", (TextPart(text), *images))


def said(text: str) -> ChatMessage:
    return ChatMessage.from_text("assistant", text)


def image(number: int) -> ImagePart:
    return ImagePart(f"https://example.org/{number}.jpg")


def ten_turns() -> list[ChatMessage]:
    """Turns of a question, an answer and an afterthought, all of one size."""
    return [message for _ in range(10) for message in (user("a" * 400), said("b"), said("c"))]


def talk(request: CompletionRequest) -> list[ChatMessage]:
    return [message for message in request.messages if message.role != "system"]


def images_of(request: CompletionRequest) -> list[Part]:
    return [p for message in request.messages for p in message.parts if isinstance(p, ImagePart)]


def calls(messages: Sequence[ChatMessage]) -> list[str]:
    return [p.id for message in messages for p in message.parts if isinstance(p, ToolCallPart)]


def results(messages: Sequence[ChatMessage]) -> list[str]:
    return [
        p.call_id for message in messages for p in message.parts if isinstance(p, ToolResultPart)
    ]


def test_a_request_to_continue_keeps_the_answer_before_it() -> None:
    messages = (
        ChatMessage.from_text("user", "old " * 500),
        ChatMessage.from_text("assistant", "old " * 500),
        ChatMessage.from_text("user", "Tell me."),
        ChatMessage.from_text("assistant", "half " * 500),
        ChatMessage.from_text("user", "Go on."),
    )
    request = CompletionRequest("m", messages, 100, is_continuation=True)
    fitted = fit(request, 300)
    assert (fitted.turns_excluded, fitted.request.messages) == (1, messages[2:])


def test_thinking_counts_towards_the_window() -> None:
    messages = tuple(ChatMessage.from_text("user", "some " * 100) for _ in range(4))
    request = CompletionRequest("m", messages, 100)
    window = estimate(request) + 100
    assert fit(request, window).request is request
    assert fit(replace(request, thinking_budget=1_024), window + 1_023).turns_excluded == 1
