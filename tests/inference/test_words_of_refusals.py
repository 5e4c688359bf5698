"""What real servers write when they refuse, and what it means. Taken from their issue trackers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatapp.inference import errors
from chatapp.inference.error_responses import NO_VISION, error_from_event, error_from_response
from chatapp.inference.errors import InferenceError
from chatapp.inference.token_limits import Counts, named_output_limit, overflow_counts

# status, the error object or its message, what it is, and (input, window) where counts are named
OVERFLOWS: list[tuple[int, Any, tuple[int, int] | None]] = [
    (400, "prompt is too long: 208,310 tokens > 200,000 maximum", (208_310, 200_000)),
    (
        400,
        "input length and `max_tokens` exceed context limit: 195000 + 8192 > 200000, decrease",
        (195_000, 200_000),
    ),
    (400, "Input is too long for requested model.", None),
    (
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in"
        " 10000 tokens.",
        (10_000, 8_192),
    ),
    (
        400,
        "This model's maximum context length is 8192 tokens. However, you requested 9092 tokens"
        " (900 in the messages, 8192 in the completion).",
        (900, 8_192),
    ),
    (
        400,
        "'max_tokens' or 'max_completion_tokens' is too large: 8192. This model's maximum context"
        " length is 8192 tokens and your request has 900 input tokens (8192 > 8192 - 900).",
        (900, 8_192),
    ),
    (
        400,
        "The decoder prompt (length 10000) is longer than the maximum model length of 8192.",
        (10_000, 8_192),
    ),
    (
        400,
        "Input length (12000 tokens) exceeds the maximum allowed length (8192 tokens) of context"
        " length",
        None,
    ),
    (400, "Input length (12000) exceeds model's maximum context length (8192).", (12_000, 8_192)),
    (
        400,
        {
            "code": 400,
            "message": "the request exceeds the available context size. try increasing it",
            "type": "exceed_context_size_error",
            "n_prompt_tokens": 2_100,
            "n_ctx": 2_048,
        },
        (2_100, 2_048),
    ),
    (
        400,
        "request (2100 tokens) exceeds the available context size (2048 tokens), try increasing it",
        (2_100, 2_048),
    ),
    (500, "the request exceeds the available context size", None),
    (
        400,
        "Trying to keep the first 5000 tokens when context the overflows. However, the model is"
        " loaded with context length of only 4096 tokens",
        (5_000, 4_096),
    ),
    (
        400,
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        (1_200_000, 1_048_576),
    ),
    (400, "prompt token count of 70000 exceeds the limit of 64000", (70_000, 64_000)),
    (
        400,
        "This model's maximum prompt length is 131072 but the request contains 537812 tokens.",
        (537_812, 131_072),
    ),
    (
        400,
        "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 10000 `inputs` tokens and 100"
        " `max_new_tokens`",
        (10_000, 8_193),
    ),
    (
        400,
        "This endpoint's maximum context length is 200000 tokens. However, you requested about"
        " 220000 tokens (212000 of text input, 8000 in the output).",
        (212_000, 200_000),
    ),
    (
        400,
        "Requested token count exceeds the model's maximum context length of 131072 tokens. You"
        " requested a total of 140000 tokens: 139000 tokens from the input messages and 1000",
        (139_000, 131_072),
    ),
    (
        400,
        "too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292",
        (4_292, 4_081),
    ),
    (413, "Request Entity Too Large", None),
    (
        413,
        "Request too large for model `llama` on tokens per minute (TPM): Limit 6000, Requested"
        " 7000, please reduce your message size",
        (7_000, 6_000),
    ),
    (400, {"code": "context_length_exceeded", "message": "Too much."}, None),
    (400, "Your input exceeds the context window of this model.", None),
]

OTHERS: list[tuple[int, Any, type[InferenceError]]] = [
    # credit and budgets
    (402, "Insufficient credits. Add more using https://example.org", errors.BudgetUsedUp),
    (402, "", errors.BudgetUsedUp),
    (400, "Your credit balance is too low to access the API.", errors.BudgetUsedUp),
    (400, "You have reached your specified API usage limits.", errors.BudgetUsedUp),
    (
        429,
        {"code": "insufficient_quota", "message": "You exceeded your current quota."},
        errors.BudgetUsedUp,
    ),
    (
        400,
        {"type": "budget_exceeded", "message": "Budget has been exceeded! Current cost: 2.0"},
        errors.BudgetUsedUp,
    ),
    (429, "ExceededBudget: User over budget. Spend: 10.1, Budget: 10.0", errors.BudgetUsedUp),
    (403, "Key limit exceeded (total limit).", errors.BudgetUsedUp),
    (429, "maximum tokens per minute reached. Quota: 800000", errors.RateLimited),
    (429, "You exceeded your current quota. Please retry in 12s.", errors.RateLimited),
    # models
    (404, {"type": "not_found_error", "message": "model: claude-3-opus"}, errors.ModelNotOffered),
    (404, "The model `x` does not exist or you do not have access to it.", errors.ModelNotOffered),
    (404, 'model "llama3.2:1b" not found, try pulling it first', errors.ModelNotOffered),
    (400, "Invalid model name passed in model=foo. Call `/v1/models`", errors.ModelNotOffered),
    (400, "foo/bar is not a valid model ID", errors.ModelNotOffered),
    (404, "No endpoints found for foo/bar.", errors.ModelNotOffered),
    (400, "The provided model identifier is invalid.", errors.ModelNotOffered),
    (404, "This model version has reached the end of its life.", errors.ModelNotOffered),
    (
        400,
        {"code": "model_decommissioned", "message": "The model `x` has been decommissioned"},
        errors.ModelNotOffered,
    ),
    (400, "Model Not Exist", errors.ModelNotOffered),
    (404, {"code": "DeploymentNotFound", "message": "No such one."}, errors.ModelNotOffered),
    (401, "key not allowed to access model. This key can only access x", errors.ModelNotAllowed),
    (403, {"type": "authorization_error", "message": "no"}, errors.ModelNotAllowed),
    (404, {"type": "not_found_error", "message": "no such page"}, errors.WrongAddress),
    # a key
    (400, "API key not valid. Please pass a valid API key.", errors.KeyRefused),
    # declined
    (
        400,
        {"code": "content_filter", "message": "The response was filtered"},
        errors.AnswerDeclined,
    ),
    (400, "Output blocked by content filtering policy", errors.AnswerDeclined),
    (
        403,
        "Your chosen model requires moderation and your input was flagged",
        errors.AnswerDeclined,
    ),
    (451, "", errors.AnswerDeclined),
    # images that a model can't see
    (404, "No endpoints found that support image input", errors.ImageRejected),
    (500, "image input is not supported - hint: provide the mmproj", errors.ImageRejected),
    (400, "llama is not a multimodal model", errors.ImageRejected),
    (400, "At most 0 image(s) may be provided in one request.", errors.ImageRejected),
    (400, "This model does not support image/webp", errors.ImageRejected),
    # nothing of the above, although they speak of it
    (400, "extended_thinking is not supported for this model", errors.RequestRefused),
    (400, "max_tokens is not supported for this model, use max_completion_tokens", None),
    (400, "This model does not support tools", None),
    (400, "`temperature` is deprecated for this model.", None),
    (400, "messages[3]: content is required", None),
]


def body(error: Any) -> bytes:
    return json.dumps({"error": error if isinstance(error, dict) else {"message": error}}).encode()


@pytest.mark.parametrize(("status", "error", "counts"), OVERFLOWS)
def test_a_conversation_that_is_too_long_is_understood(
    status: int, error: Any, counts: tuple[int, int] | None
) -> None:
    found = error_from_response(status, {}, body(error))

    assert type(found) is errors.ConversationTooLong
    named = overflow_counts(found.detail)
    assert (named and (named.input, named.window)) == counts


@pytest.mark.parametrize(("status", "error", "kind"), OTHERS)
def test_other_words_are_understood(
    status: int, error: Any, kind: type[InferenceError] | None
) -> None:
    found = error_from_response(status, {}, body(error))

    assert type(found) is (kind or errors.RequestRefused)


# Without a status, words that mean nothing special are a failure of the service.
SPECIAL = [
    (error, kind)
    for status, error, kind in OTHERS
    if status == 400
    and kind not in (None, errors.RequestRefused)
    and error != "This model does not support image/webp"
]


@pytest.mark.parametrize(("error", "kind"), SPECIAL)
def test_they_mean_the_same_in_a_stream_and_with_200(
    error: Any, kind: type[InferenceError]
) -> None:
    assert type(error_from_event(body(error).decode())) is kind
    if kind is not errors.KeyRefused:
        assert type(error_from_response(200, {}, body(error))) is kind


@pytest.mark.parametrize(
    ("words", "limit"),
    [
        ("max_tokens: 8192 > 4096, which is the maximum for claude-3-haiku-20240307", 4_096),
        ("max_tokens is too large: 8192. This model supports at most 4096 completion tokens", 4096),
        ("The maximum tokens you requested exceeds the model limit of 4096. Try again", 4_096),
        ("#/max_tokens: 8192 is not less or equal to 4,096: exceeds", 4_096),
        ("Expected a value <= 4096, but got 8192 instead, for max_completion_tokens", 4_096),
        ("Invalid max_tokens value, the valid range of max_tokens is [1, 4096]", 4_096),
        ("`max_tokens` must be less than or equal to `4096`, the maximum for it", 4_096),
        ("max_tokens is not supported, use max_completion_tokens", None),
        ("max_tokens must be greater than thinking.budget_tokens", None),
        ("maximum tokens per minute reached. Quota: 800000", None),
        ("messages: at most 100 are accepted", None),
    ],
)
def test_the_limit_of_an_answer_is_read(words: str, limit: int | None) -> None:
    assert named_output_limit(words, 8_192) == limit


def test_a_limit_per_minute_says_nothing_about_the_model() -> None:
    words = "on tokens per minute (TPM): Limit 6000, Requested 7000"
    assert overflow_counts(words) == Counts(7_000, 6_000, is_lasting=False)


@pytest.mark.parametrize("key", ["x", "none", "lm-studio", "ollama", ""])
def test_a_key_that_is_a_word_hides_no_words(key: str) -> None:
    words = "none of the ollama models in lm-studio has context length x"
    found = error_from_response(400, {}, body(words), secret=key)
    assert found.detail == words
    assert type(found) is errors.ConversationTooLong


@pytest.mark.parametrize("key", ["hunter2", "sk-1234", "correcthorsebattery", "a1b2c3"])
def test_a_key_that_is_no_word_is_hidden(key: str) -> None:
    found = error_from_response(401, {}, body(f"wrong key {key}!"), secret=key)
    assert found.detail == "wrong key [key]!"


def test_a_key_never_keeps_a_rule_from_matching() -> None:
    words = "prompt is too long: 208310 tokens > 200000 maximum"
    found = error_from_response(400, {}, body(words), secret="prompt is too long")
    assert type(found) is errors.ConversationTooLong


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("No endpoints found that support image input", True),
        ("image input is not supported", True),
        ("'image_url' is not supported by this model", True),
        ("This model does not support images.", True),
        ("This model does not support image/webp", False),
        ("unsupported image format", False),
        ("image exceeds 5 MB maximum", False),
    ],
)
def test_a_refused_image_is_told_from_a_model_that_sees_none(words: str, expected: bool) -> None:
    assert bool(NO_VISION.search(words)) is expected
