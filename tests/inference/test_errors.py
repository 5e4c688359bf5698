"""Which error a refusal becomes, and what of the service's words is shown."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from chatapp.inference import errors
from chatapp.inference.error_responses import error_from_event, error_from_response
from chatapp.inference.errors import InferenceError
from tests.texts import TEXTS, is_valid


def body(message: str = "no", **fields: object) -> bytes:
    return json.dumps({"error": {"message": message, **fields}}).encode()


PAGE = b"<!DOCTYPE HTML><html><h1>403 ERROR</h1>Request blocked.</html>"
ROWS = [
    (400, body("invalid"), errors.RequestRefused, False),
    (400, body("prompt is too long: 210000 tokens"), errors.ConversationTooLong, False),
    (400, body("Input is too long for requested model."), errors.ConversationTooLong, False),
    (400, body("image exceeds 5 MB maximum"), errors.ImageRejected, False),
    (401, body(), errors.KeyRefused, False),
    (403, body(type="authorization_error"), errors.ModelNotAllowed, False),
    (403, PAGE, errors.TextBlocked, False),
    (403, b"\n  " + PAGE, errors.TextBlocked, False),
    (404, b"", errors.WrongAddress, False),
    (300, body(code=429), errors.WrongAddress, False),
    (301, b"", errors.WrongAddress, False),
    (408, b"", errors.TimedOut, True),
    (413, b"", errors.ConversationTooLong, False),
    (422, body("failed to fetch image; check the url provided is valid"), errors.ImageRejected, 0),
    (422, body("cannot"), errors.RequestRefused, False),
    (429, body(), errors.RateLimited, True),
    (500, b"", errors.ServiceFailed, True),
    (502, PAGE, errors.ServiceUnavailable, True),
    (503, b"", errors.ServiceUnavailable, True),
    (504, b"", errors.ServiceUnavailable, True),
    (529, b"", errors.ServiceUnavailable, True),
    (200, b"<html>hello</html>", errors.UnreadableReply, True),
    (200, b'{"choices":[]}', errors.UnreadableReply, True),
    (200, body(code=429), errors.RateLimited, True),
    (200, body(type="overloaded_error"), errors.ServiceUnavailable, True),
    (
        400,
        body("max_tokens: 195000 + 8192 exceed context limit"),
        errors.ConversationTooLong,
        False,
    ),
    (403, b"\xef\xbb\xbf" + PAGE, errors.TextBlocked, False),
    (403, b"Request blocked.", errors.TextBlocked, False),
    (403, b"", errors.ModelNotAllowed, False),
    (405, PAGE, errors.WrongAddress, False),
    (418, b"", errors.RequestRefused, False),
    (501, b"", errors.ServiceFailed, True),
]


@pytest.mark.parametrize(("status", "content", "kind", "retryable"), ROWS)
def test_each_row_has_its_class(
    status: int, content: bytes, kind: type[InferenceError], retryable: bool
) -> None:
    error = error_from_response(status, {}, content)
    assert type(error) is kind
    assert error.retryable == retryable
    assert error.sentence.startswith(f"{kind.reason} {kind.advice}")
    assert "<" not in error.sentence
    assert str(error) == error.sentence


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
def test_the_message_is_found_in_every_shape_of_body(content: bytes) -> None:
    assert error_from_response(500, {}, content).sentence.endswith("“the words”")


@pytest.mark.parametrize("content", [b"", b"null", b"[]", b"7", b'{"error":null}', b'{"error":[]}'])
def test_a_body_without_a_message_adds_no_detail(content: bytes) -> None:
    error = error_from_response(500, {}, content)
    assert (error.detail, error.sentence) == ("", errors.ServiceFailed().sentence)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("shape", ["object", "text", "twice"])
def test_the_message_is_valid_text(text: str, shape: str) -> None:
    error: object = {"message": f"No {text} today"}
    body = json.dumps({"error": json.dumps(error) if shape == "twice" else error})
    if shape == "text":
        body = f"No {text} today"
    for found in (
        error_from_response(400, {}, body.encode("utf-8", "surrogatepass")),
        error_from_event(body),
    ):
        assert found.detail.startswith("No ")
        assert is_valid(found.sentence)


def test_bytes_that_are_no_utf8_are_replaced() -> None:
    error = error_from_response(500, {}, b'{"error":{"message":"caf\xe9"}}')
    assert error.detail == "caf\ufffd"


@pytest.mark.parametrize(
    ("media_type", "content", "kind"),
    [
        ("text/html; charset=utf-8", b"", errors.TextBlocked),
        ("TEXT/HTML", b"The request could not be satisfied.", errors.TextBlocked),
        ("text/html", b'{"error":{"type":"authorization_error"}}', errors.ModelNotAllowed),
        ("application/json", b"", errors.ModelNotAllowed),
    ],
)
def test_a_page_is_recognized_by_its_type_too(
    media_type: str, content: bytes, kind: type[InferenceError]
) -> None:
    assert type(error_from_response(403, {"Content-Type": media_type}, content)) is kind


def test_a_blocked_request_is_explained_by_a_filter_not_by_the_key() -> None:
    sentence = error_from_response(403, {}, PAGE).sentence
    assert "content filter" in sentence
    assert "key" not in sentence.lower()


def test_keys_are_never_shown() -> None:
    message = "key inf-abc123-def456 of Bearer abc.def and hunter2 is wrong"
    error = error_from_response(401, {}, body(message), secret="hunter2")
    assert error.sentence.endswith("“key [key] of [key] and [key] is wrong”")
    for words in (error.detail, repr(error), str(error)):
        assert not {"hunter2", "abc"} & set(words.replace(".", " ").split())
        assert "inf-" not in words


def test_long_messages_are_shortened_to_one_line() -> None:
    sentence = error_from_response(400, {}, body("a\n\n\tb " + "x" * 5_000)).sentence
    assert "“a b xxx" in sentence
    assert sentence.endswith("…”")
    assert len(sentence.partition("“")[2].removesuffix("”")) == 300


def test_a_message_at_the_limit_is_not_shortened() -> None:
    assert "“" + "x" * 300 + "”" in error_from_response(400, {}, body("x" * 300)).sentence


def test_more_of_the_message_is_kept_than_shown() -> None:
    error = error_from_response(400, {}, body("x" * 1_000 + " max_tokens " + "y" * 5_000))
    assert "max_tokens" in error.detail
    assert "max_tokens" not in error.sentence
    assert len(error.detail) == 2_000


NOW = 1_770_000_000.0
USED_UP = {"X-RateLimit-Remaining-Tokens": "0", "X-RateLimit-Reset-Tokens": "51s"}


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7.0),
        ({"retry-after": "Mon, 02 Feb 2026 02:40:20 GMT"}, 20.0),
        (USED_UP, 51.0),
        ({"Retry-After": "7"} | USED_UP, 7.0),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_the_requested_wait_is_read(
    status: int, headers: dict[str, str], seconds: float | None
) -> None:
    assert error_from_response(status, headers, b"", now=NOW).retry_after == seconds


def test_a_date_to_wait_for_counts_from_now() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    wait = error_from_response(429, {"Retry-After": date}, b"").retry_after
    assert wait == pytest.approx(3_600, abs=60)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0.4, "in 1 second."),
        (1, "in 1 second."),
        (1.5, "in 2 seconds."),
        (8, "in 8 seconds."),
        (90, "in 90 seconds."),
        (91, "in about 2 minutes."),
        (3_600, "in about 60 minutes."),
        (5_400, "in about 90 minutes."),
        (5_401, "in about 2 hours."),
        (7_000, "in about 2 hours."),
        (7_201, "in about 3 hours."),
    ],
)
def test_the_sentence_names_the_wait(seconds: float, words: str) -> None:
    sentence = errors.RateLimited(retry_after=seconds).sentence
    assert sentence == f"{errors.RateLimited.reason} Try again {words}"


def test_an_error_that_is_not_retryable_does_not_suggest_a_wait() -> None:
    assert errors.KeyRefused(retry_after=5).sentence == errors.KeyRefused().sentence


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('{"error":{"code":"503","message":"x"}}', errors.ServiceUnavailable),
        ('{"error":{"code":529,"message":"x"}}', errors.ServiceUnavailable),
        ('{"error":{"type":"overloaded_error"}}', errors.ServiceUnavailable),
        ('{"error":{"type":"rate_limit_error"}}', errors.RateLimited),
        ('{"error":{"type":"invalid_request_error"}}', errors.RequestRefused),
        ('{"error":{"type":"authentication_error"}}', errors.KeyRefused),
        ('{"error":{"type":"authorization_error"}}', errors.ModelNotAllowed),
        ('{"error":{"type":"permission_error"}}', errors.ModelNotAllowed),
        ('{"error":{"type":"unprocessable_entity","message":"image"}}', errors.ImageRejected),
        ('{"error":{"code":200}}', errors.ServiceFailed),
        ('{"error":true}', errors.ServiceFailed),
        ("plain words", errors.ServiceFailed),
    ],
)
def test_an_error_in_mid_stream_is_recognized_by_code_or_type(
    data: str, kind: type[InferenceError]
) -> None:
    assert type(error_from_event(data)) is kind


def test_reason_and_retryable_can_be_given() -> None:
    error = InferenceError("Something else.", True)
    assert (error.sentence, error.retryable, str(error)) == (
        "Something else.",
        True,
        "Something else.",
    )
    assert repr(error) == "InferenceError('Something else.')"
