"""What can go wrong between us and the model, each with a sentence for the person who reads it.

InferenceError
├── NotConnected           no service is configured
├── RequestRefused         400 and every other 4xx
│   ├── ConversationTooLong    400 "prompt is too long", 413
│   └── PictureRefused         400 or 422 that speaks of an image
├── KeyRefused             401
├── ModelNotAllowed        403 with JSON
├── TextBlocked            403 with a web page: the firewall in front of the service
├── WrongAddress           404, 405 and redirects
├── TimedOut               408, or silence before the first byte
├── RateLimited            429; knows `retry_after`
├── ServiceFailed          500
├── ServiceUnavailable     502, 503, 504, 529
├── Unreachable            no connection, or it dropped before the first byte of the answer
├── Interrupted            the answer broke off
├── ReplyTooSlow           the answer took longer than the limit for a whole reply
└── UnreadableReply        the answer was not in the format of chat completions
    └── ReplyTooLarge          a line or the whole answer passed its size limit
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

MAX_DETAIL_CHARACTERS = 300
MAX_NESTING = 8  # layers of JSON, strings with JSON in them counted, that are unwrapped

SECRETS = re.compile(r"\b(?:inf|sk)-[\w-]{6,}|\bbearer\s+\S+", re.IGNORECASE)
OVERFLOW = re.compile(r"(?:prompt|input) is too long|context (?:length|window)", re.IGNORECASE)
PICTURE = re.compile(r"\bimages?\b|image_url|media.type", re.IGNORECASE)
STATUS_BY_TYPE = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "authorization_error": 403,
    "permission_error": 403,
    "unprocessable_entity": 422,
    "rate_limit_error": 429,
    "overloaded_error": 529,
}


class InferenceError(Exception):
    """`sentence` is shown to the person as it stands; `retryable` says whether the same request
    may succeed a little later."""

    sentence: str = "The model service failed."
    retryable: bool = False

    def __init__(
        self, sentence: str | None = None, retryable: bool | None = None, *, detail: str = ""
    ) -> None:
        self.sentence = sentence or self.sentence
        if retryable is not None:
            self.retryable = retryable
        if detail:
            self.sentence = f"{self.sentence} The service said: “{detail}”"
        super().__init__(self.sentence)


class NotConnected(InferenceError):
    sentence = "No model is connected. Set INFERENCE_URL and INFERENCE_KEY."


class RequestRefused(InferenceError):
    sentence = "The service refused this request. Change the message and send it again."


class ConversationTooLong(RequestRefused):
    sentence = "This conversation is too long for the model. Start a new chat or send less."


class PictureRefused(RequestRefused):
    sentence = "The service could not use a picture. Remove it or attach it again as a file."


class KeyRefused(InferenceError):
    sentence = "The service does not accept the key. Check INFERENCE_KEY."


class ModelNotAllowed(InferenceError):
    sentence = "The key does not give access to this model. Choose another model."


class TextBlocked(InferenceError):
    sentence = (
        "A content filter in front of the service refused this text. "
        "Code, markup or addresses in it may be the reason: change them and send again."
    )


class WrongAddress(InferenceError):
    sentence = "No model answers at this address. Check INFERENCE_URL."


class TimedOut(InferenceError):
    sentence = "The service did not answer in time. Try again."
    retryable = True


class RateLimited(InferenceError):
    """`retry_after` is in seconds, None when the service did not say."""

    sentence = "The service is handling too many requests. Wait a moment and try again."
    retryable = True
    retry_after: float | None = None


class ServiceFailed(InferenceError):
    sentence = "The service failed while working on this. Try again."
    retryable = True


class ServiceUnavailable(InferenceError):
    sentence = "The service is not available at the moment. Try again soon."
    retryable = True


class Unreachable(InferenceError):
    sentence = "The service could not be reached. Try again soon."
    retryable = True


class Interrupted(InferenceError):
    sentence = "The answer broke off before its end. Try again."
    retryable = True


class ReplyTooSlow(InferenceError):
    sentence = "The answer took too long and was stopped. Ask for something shorter."


class UnreadableReply(InferenceError):
    sentence = "The service sent something that is not an answer. Try again."
    retryable = True


class ReplyTooLarge(UnreadableReply):
    sentence = "The answer was too large and was stopped. Ask for something shorter."
    retryable = False


CLASS_BY_STATUS: dict[int, type[InferenceError]] = {
    401: KeyRefused,
    403: ModelNotAllowed,
    404: WrongAddress,
    405: WrongAddress,
    408: TimedOut,
    413: ConversationTooLong,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
    529: ServiceUnavailable,
}


def error_from_response(
    status: int, headers: Mapping[str, str], body: bytes, *, secret: str = ""
) -> InferenceError:
    """The error that an answer without a stream stands for. The bodies are those that
    the service documents and those that its clients have met.

    The body may be JSON, JSON in a string, a web page, or empty. What the service said is quoted
    on one line of at most `MAX_DETAIL_CHARACTERS`, without anything that looks like a key and
    without `secret`.
    """
    is_page = body.lstrip()[:1] == b"<"
    fields = {} if is_page else _error_fields(body.decode("utf-8", "replace"))
    detail = _detail(fields, secret)
    if status < 300:
        return UnreadableReply(detail=detail)
    if status == 403 and is_page:
        return TextBlocked()
    if status == 429:
        limited = RateLimited(detail=detail)
        limited.retry_after = _seconds({k.lower(): v for k, v in headers.items()})
        return limited
    return _class_for(status, detail)(detail=detail)


def error_from_event(data: str, *, secret: str = "") -> InferenceError:
    """The error that an `event: error` or a data object with `error` in mid-stream stands for."""
    fields = _error_fields(data)
    code = str(fields.get("code", ""))
    if re.fullmatch("[45][0-9][0-9]", code):
        status = int(code)
    else:
        status = STATUS_BY_TYPE.get(str(fields.get("type", "")), 500)
    return error_from_response(status, {}, data.encode("utf-8", "replace"), secret=secret)


def _class_for(status: int, detail: str) -> type[InferenceError]:
    if status in CLASS_BY_STATUS:
        return CLASS_BY_STATUS[status]
    if status >= 500:
        return ServiceFailed
    if status < 400:
        return WrongAddress
    if OVERFLOW.search(detail):
        return ConversationTooLong
    return PictureRefused if PICTURE.search(detail) else RequestRefused


def _error_fields(text: str) -> dict[str, object]:
    """The innermost error object of a body; text that is no JSON becomes its `message`."""
    value: object = text.strip()
    fields: dict[str, object] = {}
    for _ in range(MAX_NESTING):
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except (ValueError, RecursionError):
                return {"message": value} | fields
        elif isinstance(value, dict):
            fields = {k: v for k, v in value.items() if k != "error"}
            value = value.get("error")
        else:
            break
    return fields


def _detail(fields: Mapping[str, object], secret: str) -> str:
    message = fields.get("message")
    if not isinstance(message, str):
        return ""
    if secret:
        message = message.replace(secret, "[key]")
    line = " ".join(SECRETS.sub("[key]", message).split())
    if len(line) > MAX_DETAIL_CHARACTERS:
        line = line[: MAX_DETAIL_CHARACTERS - 1] + "…"
    return line


def _seconds(headers: Mapping[str, str]) -> float | None:
    value = headers.get("retry-after", "").strip()
    return float(value) if re.fullmatch(r"\d{1,6}(\.\d+)?", value) else None
