"""Which changed request follows which error, and what the person is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chatapp.inference import errors
from chatapp.inference import prepared as preparing
from chatapp.inference.adaptation import adapt
from chatapp.inference.calls_as_text import spell_out_calls
from chatapp.inference.catalog import Model
from chatapp.inference.context_window import EXCLUDED_IMAGE, estimate
from chatapp.inference.knowledge import Learned
from chatapp.inference.prepared import PreparedRequest, pack, prepare
from chatapp.inference.types import (
    Adapted,
    ChatMessage,
    CompletionRequest,
    ImagePart,
    TextPart,
    Tool,
    ToolCallPart,
    ToolResultPart,
)

MODEL = Model("m", "M", thinking=True)
TOOL = Tool("look", "Looks.", {"type": "object"})
WITH_CALL = (
    ChatMessage.from_text("user", "What is there?"),
    ChatMessage("assistant", (TextPart("I look."), ToolCallPart("1", "look", '{"at":"it"}'))),
    ChatMessage("tool", (ToolResultPart("1", '{"there":"a cat"}'),)),
)


def asked(*messages: ChatMessage, **options: Any) -> CompletionRequest:
    history = messages or (ChatMessage.from_text("user", "Hi"),)
    return CompletionRequest("m", history, 1_000, **options)


def turns(count: int, words: int = 1_000) -> tuple[ChatMessage, ...]:
    """Turns of about `words` tokens each, all of them the person's."""
    return tuple(ChatMessage.from_text("user", f"{n} " + "some " * words) for n in range(count))


def refused(words: str) -> errors.RequestRefused:
    return errors.RequestRefused(detail=words)


def too_long(words: str = "") -> errors.ConversationTooLong:
    return errors.ConversationTooLong(detail=words)


def test_a_request_that_fits_goes_out_as_it_is() -> None:
    request = asked(thinking_budget=2_000)
    assert prepare(request, MODEL) == PreparedRequest(
        request, "max_tokens", 200_000, 8_192, known_as="m"
    )


def test_without_thinking_sampling_and_length_are_as_requested() -> None:
    request = replace(asked(thinking_budget=4_000, temperature=0.2), max_tokens=256)
    thinking = json.loads(pack(prepare(request, MODEL))[1])
    second = adapt(prepare(request, MODEL), refused("extended_thinking is not supported"))
    assert second
    plain = json.loads(pack(second)[1])
    assert (thinking["max_tokens"], "temperature" in thinking) == (5_024, False)
    assert (plain["max_tokens"], plain["temperature"]) == (256, 0.2)


def test_a_model_that_the_catalogue_lacks_is_sent_whatever_the_request_holds() -> None:
    request = asked(*turns(300), thinking_budget=2_000)
    assert prepare(request) == PreparedRequest(request, "max_tokens", None, known_as="m")


def test_the_token_field_is_the_learned_one_else_the_catalogues() -> None:
    model = replace(MODEL, token_field="max_completion_tokens")
    assert prepare(asked(), model).token_field == "max_completion_tokens"
    learned = Learned(token_field="max_tokens")
    assert prepare(asked(), model, learned).token_field == "max_tokens"


def test_thinking_is_off_when_the_history_holds_calls() -> None:
    history = WITH_CALL
    prepared = prepare(asked(*history, tools=(TOOL,), thinking_budget=2_000), MODEL)
    assert prepared.request.thinking_budget is None
    assert prepared.changes == (Adapted("thinking_off"),)
    assert prepare(asked(*history, tools=(TOOL,)), MODEL).changes == ()


def test_calls_become_text_if_no_tools_are_offered() -> None:
    prepared = prepare(asked(*WITH_CALL, thinking_budget=2_000), MODEL)
    assert prepared.request == spell_out_calls(asked(*WITH_CALL, thinking_budget=2_000))
    assert prepared.changes == ()


@pytest.mark.parametrize(
    "words",
    [
        "The toolConfig field must be defined when using toolUse and toolResult content blocks.",
        "tools is not supported by this model",
        "tool_choice must be auto or a function",
        "messages.1.content.0: Expected `thinking` or `redacted_thinking`",
    ],
)
def test_a_refusal_that_names_tools_has_more_without_them(words: str) -> None:
    prepared = prepare(asked(*WITH_CALL, tools=(TOOL,)), MODEL)
    adapted = adapt(prepared, refused(words))
    assert adapted
    assert adapted.request == spell_out_calls(prepared.request)
    assert adapted.changes == (Adapted("tools_off"),)
    assert adapt(adapted, refused(words)) is None


def test_thinking_is_off_for_a_model_that_cannot() -> None:
    prepared = prepare(asked(thinking_budget=2_000), replace(MODEL, thinking=False))
    assert prepared.request.thinking_budget is None
    assert prepared.changes == (Adapted("thinking_off"),)


def test_a_conversation_too_long_for_the_model_is_shortened_before_it_is_sent() -> None:
    request = asked(*turns(5))
    prepared = prepare(request, replace(MODEL, context_window=4_000))
    excluded = 5 - len(prepared.request.messages)
    assert excluded > 0
    assert prepared.request.messages == request.messages[excluded:]
    assert prepared.changes == (Adapted("turns_excluded", excluded),)


def test_the_limit_field_is_switched_once() -> None:
    prepared = prepare(asked())
    switched = adapt(prepared, refused("unrecognized request argument: max_tokens"))
    field = "max_completion_tokens"
    learned = Learned(token_field=field)
    assert switched == replace(prepared, token_field=field, field_switched=True, learned=learned)
    assert adapt(switched, refused("max_completion_tokens is unknown")) is None


def test_the_limit_field_is_switched_back_when_the_catalogue_was_wrong() -> None:
    prepared = prepare(asked(), replace(MODEL, token_field="max_completion_tokens"))
    switched = adapt(prepared, refused("max_tokens is required"))
    assert switched
    assert switched.token_field == "max_tokens"


@pytest.mark.parametrize(
    "words",
    [
        "extended_thinking is not supported by this model",
        "Expected `thinking` or `redacted_thinking`, but found `text`",
        "max_tokens must be greater than thinking.budget_tokens",
        "`temperature` may only be set to 1 when thinking is enabled",
        "Budget_tokens: too small",
    ],
)
def test_a_refusal_that_names_thinking_turns_it_off(words: str) -> None:
    prepared = prepare(asked(thinking_budget=2_000, temperature=0.5))
    adapted = adapt(prepared, refused(words))
    assert adapted
    assert adapted.request == replace(prepared.request, thinking_budget=None)
    assert adapted.changes == (Adapted("thinking_off"),)
    assert adapted.token_field == "max_tokens"


def test_thinking_that_was_not_asked_for_is_not_turned_off() -> None:
    assert adapt(prepare(asked()), refused("thinking is not supported")) is None


@pytest.mark.parametrize("sampling", [{"temperature": 0.5}, {"top_p": 0.5}])
def test_a_refusal_that_names_sampling_leaves_it_to_the_service(sampling: dict[str, float]) -> None:
    prepared = prepare(asked(**sampling))
    adapted = adapt(prepared, refused("`temperature` and `top_p` cannot both be specified"))
    assert adapted
    assert adapted.request == asked()
    assert adapted.changes == (Adapted("sampling_off"),)
    assert adapted.learned == Learned(sampling="off")
    assert adapt(adapted, refused("temperature is unsupported")) is None


def test_other_refusals_change_nothing() -> None:
    prepared = prepare(asked(thinking_budget=2_000, temperature=0.5))
    for error in (
        refused("messages[3]: content is required"),
        errors.ImageRejected(detail="max_tokens thinking temperature"),
        errors.KeyRefused(detail="max_tokens"),
        errors.ServiceFailed(detail="thinking"),
        errors.RateLimited(detail="max_tokens per minute reached"),
    ):
        assert adapt(prepared, error) is None


def test_a_block_is_answered_with_rewritten_text_once() -> None:
    prepared = prepare(asked(ChatMessage.from_text("user", "<script>")))
    adapted = adapt(prepared, errors.TextBlocked())
    assert adapted
    assert adapted.request.messages[0].text == "< script>"
    assert adapted.changes == (Adapted("text_rewritten"),)
    more = replace(adapted, request=prepared.request)
    assert adapt(more, errors.TextBlocked()) is None


def test_a_block_without_a_known_trigger_is_final() -> None:
    assert adapt(prepare(asked()), errors.TextBlocked()) is None


@pytest.mark.parametrize(
    "words",
    [
        "prompt is too long: {counted} tokens > {maximum} maximum",
        "input length and `max_tokens` exceed context limit: {counted} + 1000 > {maximum}, less",
        "This model's maximum context length is {maximum} tokens. However, your messages "
        "resulted in {counted} tokens.",
        "prompt is too long: {counted:,} tokens > {maximum:,} maximum",
    ],
)
@pytest.mark.parametrize("model", [MODEL, None])
def test_a_conversation_that_is_too_long_is_shortened_by_the_services_count(
    words: str, model: Model | None
) -> None:
    request = asked(*turns(10))
    counted = estimate(request) * 2  # the estimate was far too small
    maximum = counted * 6 // 10 + request.max_tokens
    adapted = adapt(
        prepare(request, model), too_long(words.format(counted=counted, maximum=maximum))
    )
    assert adapted
    assert adapted.request.messages == request.messages[4:]
    assert adapted.changes == (Adapted("turns_excluded", 4),)


@pytest.mark.parametrize(
    "words",
    [
        "Input is too long for requested model.",
        "",
        "0 tokens > 0 maximum",
        "0 tokens > 9 maximum",
        "9 tokens > 0 maximum",
    ],
)
def test_without_counts_a_quarter_is_excluded_twice_at_most(words: str) -> None:
    request = asked(*turns(12))
    first = adapt(prepare(request, MODEL), too_long(words))
    assert first
    assert first.request.messages == request.messages[3:]
    second = adapt(first.without_changes(), too_long(words))
    assert second
    assert len(second.request.messages) == 6
    assert second.changes == (Adapted("turns_excluded", 6),)
    assert adapt(second, too_long(words)) is None


def test_a_single_long_message_cannot_be_shortened() -> None:
    assert adapt(prepare(asked(*turns(1)), MODEL), too_long()) is None


def test_too_large_a_body_loses_its_oldest_images(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", 3_000)
    images = tuple(ImagePart(f"data:{n}" + "x" * 1_000) for n in range(5))
    request = asked(ChatMessage("user", (*images[:3], TextPart("old"))), *turns(1, 10))
    request = replace(request, messages=(*request.messages, ChatMessage("user", images[3:])))
    prepared, body = pack(prepare(request))
    assert len(body) <= 3_000
    assert prepared.changes == (Adapted("images_excluded", 3),)
    assert prepared.request.messages[0].text.startswith(EXCLUDED_IMAGE)
    assert prepared.request.messages[-1].parts == images[3:]


def test_images_excluded_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", 3_000)
    images = tuple(ImagePart("x" * 1_000) for _ in range(4))
    prepared = replace(prepare(asked(ChatMessage("user", images))), images_excluded=2)
    prepared, _ = pack(prepared)
    assert prepared.changes == (Adapted("images_excluded", 4),)
    monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", 2_000)
    prepared, _ = pack(prepared.without_changes())
    assert prepared.changes == (Adapted("images_excluded", 5),)


def test_no_more_images_are_excluded_than_the_size_asks_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    parts = (*(ImagePart("x" * 1_000) for _ in range(3)), TextPart("Look."))
    prepared = prepare(
        asked(ChatMessage("user", parts)), None, Learned(token_field="max_completion_tokens")
    )
    whole = len(pack(prepared)[1])
    for excess, excluded in ((0, ()), (1, (1,)), (1_000, (1,)), (1_100, (2,))):
        monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", whole - excess)
        packed, body = pack(prepared)
        assert tuple(adapted.count for adapted in packed.changes) == excluded
        assert b'"max_completion_tokens":1000' in body


def test_a_request_has_at_most_15_megabytes() -> None:
    images = tuple(ImagePart("x" * 1_000_000) for _ in range(16))
    prepared, body = pack(prepare(asked(ChatMessage("user", images))))
    assert 14_000_000 < len(body) <= 15_000_000
    assert prepared.changes == (Adapted("images_excluded", 2),)


def test_too_large_a_text_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preparing, "MAX_REQUEST_BYTES", 1_000)
    image = ChatMessage("user", (ImagePart("x" * 500), TextPart("some " * 300)))
    with pytest.raises(errors.ConversationTooLong):
        pack(prepare(asked(image)))


def test_thinking_and_answer_stay_within_the_models_limit() -> None:
    request = asked(thinking_budget=4_000)
    _, body = pack(prepare(request, replace(MODEL, max_output=3_000)))
    assert b'"max_tokens":3000' in body
    _, body = pack(prepare(request))
    assert b'"max_tokens":5024' in body


def test_a_body_that_fits_is_the_whole_request() -> None:
    prepared = prepare(asked())
    packed, body = pack(prepared)
    assert packed is prepared
    assert b'"Hi"' in body
