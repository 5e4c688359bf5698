"""Which error a refusal becomes, and what of the service's words is shown."""

from __future__ import annotations

import json

import pytest

from chatapp.inference import errors
from chatapp.inference.errors import InferenceError, RateLimited, error_from_response


def body(message: str = "no", **fields: object) -> bytes:
    return json.dumps({"error": {"message": message, **fields}}).encode()


PAGE = b"<!DOCTYPE HTML><html><h1>403 ERROR</h1>Request blocked.</html>"
ROWS = [
    (400, body("invalid"), errors.RequestRefused, False),
    (400, body("prompt is too long: 210000 tokens"), errors.ConversationTooLong, False),
    (400, body("Input is too long for requested model."), errors.ConversationTooLong, False),
    (400, body("image exceeds 5 MB maximum"), errors.PictureRefused, False),
    (401, body(), errors.KeyRefused, False),
    (403, body(type="authorization_error"), errors.ModelNotAllowed, False),
    (403, PAGE, errors.TextBlocked, False),
    (403, b"\n  " + PAGE, errors.TextBlocked, False),
    (404, b"", errors.WrongAddress, False),
    (301, b"", errors.WrongAddress, False),
    (408, b"", errors.TimedOut, True),
    (413, b"", errors.ConversationTooLong, False),
    (422, body("failed to fetch image; check the url provided is valid"), errors.PictureRefused, 0),
    (422, body("cannot"), errors.RequestRefused, False),
    (429, body(), errors.RateLimited, True),
    (500, b"", errors.ServiceFailed, True),
    (502, PAGE, errors.ServiceUnavailable, True),
    (503, b"", errors.ServiceUnavailable, True),
    (504, b"", errors.ServiceUnavailable, True),
    (529, b"", errors.ServiceUnavailable, True),
    (418, b"", errors.RequestRefused, False),
    (200, b"<html>hello</html>", errors.UnreadableReply, True),
]


@pytest.mark.parametrize(("status", "content", "kind", "retryable"), ROWS)
def test_each_row_has_its_class(
    status: int, content: bytes, kind: type[InferenceError], retryable: bool
) -> None:
    error = error_from_response(status, {}, content)
    assert type(error) is kind
    assert error.retryable == retryable
    assert error.sentence.startswith(kind.sentence)
    assert "<" not in error.sentence


@pytest.mark.parametrize(
    "content",
    [
        body("the words"),
        json.dumps({"error": json.dumps({"error": {"message": "the words"}})}).encode(),
        json.dumps(json.dumps({"error": {"message": "the words"}})).encode(),
        b'{"error": "the words"}',
        b'{"error": "bad", "message": "the words"}',
        b'{"message": "the words"}',
        b"the words",
    ],
)
def test_the_words_are_found_in_every_shape_of_body(content: bytes) -> None:
    assert error_from_response(500, {}, content).sentence.endswith("“the words”")


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"7", b'{"error":null}', b'{"error":[]}'])
def test_a_body_without_words_adds_nothing(content: bytes) -> None:
    assert error_from_response(500, {}, content).sentence == errors.ServiceFailed.sentence


def test_keys_are_never_shown() -> None:
    message = "key inf-abc123-def456 of Bearer abc.def and hunter2 is wrong"
    sentence = error_from_response(401, {}, body(message), secret="hunter2").sentence
    assert sentence.endswith("“key [key] of [key] and [key] is wrong”")


def test_long_words_are_cut_and_stand_on_one_line() -> None:
    sentence = error_from_response(400, {}, body("a\n\n\tb " + "x" * 5_000)).sentence
    assert "“a b xxx" in sentence
    assert len(sentence) < 450
    assert sentence.endswith("…”")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [("7", 7.0), ("0.5", 0.5), ("soon", None), ("-1", None), ("inf", None), ("", None)],
)
def test_retry_after_is_read_in_seconds(value: str, seconds: float | None) -> None:
    error = error_from_response(429, {"Retry-After": value}, b"")
    assert isinstance(error, RateLimited)
    assert error.retry_after == seconds


def test_a_rate_limit_without_the_header_knows_no_time() -> None:
    error = error_from_response(429, {}, b"")
    assert isinstance(error, RateLimited)
    assert error.retry_after is None


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('{"error":{"code":"503","message":"x"}}', errors.ServiceUnavailable),
        ('{"error":{"type":"overloaded_error"}}', errors.ServiceUnavailable),
        ('{"error":{"type":"rate_limit_error"}}', errors.RateLimited),
        ('{"error":{"code":200}}', errors.ServiceFailed),
        ('{"error":true}', errors.ServiceFailed),
        ("plain words", errors.ServiceFailed),
    ],
)
def test_an_error_in_mid_stream_is_told_by_code_or_type(
    data: str, kind: type[InferenceError]
) -> None:
    assert type(errors.error_from_event(data)) is kind


def test_sentence_and_retryable_can_be_given() -> None:
    error = InferenceError("Something else.", True)
    assert (error.sentence, error.retryable, str(error)) == (
        "Something else.",
        True,
        "Something else.",
    )
