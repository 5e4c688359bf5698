"""What can go wrong between us and the model, each with a sentence for the person who reads it.

InferenceError
├── NotConnected           no service is configured
├── RequestRefused         400 and every other 4xx
│   ├── ConversationTooLong    400 "prompt is too long", 413
│   └── ImageRefused         400 or 422 that speaks of an image
├── KeyRefused             401
├── ModelNotAllowed        403 with JSON
├── TextBlocked            403 with a web page: the firewall in front of the service
├── WrongAddress           404, 405 and redirects
├── TimedOut               408, or silence before the first byte
├── RateLimited            429
├── ServiceFailed          500
├── ServiceUnavailable     502, 503, 504, 529
├── Unreachable            no connection, or it dropped before the first byte of the answer
├── Interrupted            the answer broke off
├── ReplyTooSlow           the answer took longer than the limit for a whole reply
└── UnreadableReply        the answer was not in the format of chat completions
    └── ReplyTooLarge          a line or the whole answer passed its size limit
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Mapping

from chatapp.inference.rate_limits import asked_wait

from .refusal import detail_of, error_fields, is_page, shorten, status_of

MAX_QUOTED_CHARACTERS = 300

OVERFLOW = re.compile(
    r"(?:prompt|input) is too long|context (?:length|window|limit)", re.IGNORECASE
)
IMAGE = re.compile(r"\bimages?\b|image_url|media.type", re.IGNORECASE)
BLOCKED = re.compile(r"request (?:was )?blocked", re.IGNORECASE)


class InferenceError(Exception):
    """`reason` and `advice` are for the person, `sentence` is both with the service's words.

    `retryable` says whether the same request may succeed a little later, and `max_retries` how
    often that is worth trying. `retry_after` is the wait in seconds that the service asked for,
    None when it did not. `detail` is what the service said, without secrets, "" for nothing.
    """

    reason: str = "The model service failed."
    advice: str = ""
    retryable: bool = False
    max_retries: int = 3

    def __init__(
        self,
        reason: str | None = None,
        retryable: bool | None = None,
        *,
        detail: str = "",
        retry_after: float | None = None,
    ) -> None:
        if reason is not None:
            self.reason, self.advice = reason, ""
        if retryable is not None:
            self.retryable = retryable
        self.detail = detail
        self.retry_after = retry_after
        super().__init__(self.reason)

    @property
    def sentence(self) -> str:
        advice = self.advice
        if self.retryable and self.retry_after:
            advice = f"Try again in {_span(self.retry_after)}."
        quote = f"The service said: “{shorten(self.detail, MAX_QUOTED_CHARACTERS)}”"
        return " ".join(filter(None, (self.reason, advice, quote if self.detail else "")))

    def __str__(self) -> str:
        return self.sentence


class NotConnected(InferenceError):
    reason = "No model is connected."
    advice = "Set INFERENCE_URL and INFERENCE_KEY."


class RequestRefused(InferenceError):
    reason = "The service refused this request."
    advice = "Change the message and send it again."


class ConversationTooLong(RequestRefused):
    reason = "This conversation is too long for the model."
    advice = "Start a new chat or send less."


class ImageRejected(RequestRefused):
    reason = "The service could not use an image."
    advice = "Remove it or attach it again as a file."


class KeyRefused(InferenceError):
    reason = "The service does not accept the key."
    advice = "Check INFERENCE_KEY."


class ModelNotAllowed(InferenceError):
    reason = "The key does not give access to this model."
    advice = "Choose another model."


class TextBlocked(InferenceError):
    reason = "A content filter in front of the service refused this text."
    advice = (
        "Code, markup or addresses in it may be the reason: change them, or leave the message out."
    )


class WrongAddress(InferenceError):
    reason = "No model answers at this address."
    advice = "Check INFERENCE_URL."


class TimedOut(InferenceError):
    reason = "The service did not answer in time."
    advice = "Try again."
    retryable = True
    max_retries = 1  # minutes of silence went before


class RateLimited(InferenceError):
    reason = "The service is handling too many requests."
    advice = "Wait a moment and try again."
    retryable = True


class ServiceFailed(InferenceError):
    reason = "The service failed while working on this."
    advice = "Try again."
    retryable = True
    max_retries = 1  # some requests fail with 500 every time


class ServiceUnavailable(InferenceError):
    reason = "The service is not available at the moment."
    advice = "Try again soon."
    retryable = True


class Unreachable(InferenceError):
    reason = "The service could not be reached."
    advice = "Try again soon."
    retryable = True


class Interrupted(InferenceError):
    reason = "The answer broke off before its end."
    advice = "Try again."
    retryable = True


class ReplyTooSlow(InferenceError):
    reason = "The answer took too long and was stopped."
    advice = "Ask for something shorter."


class UnreadableReply(InferenceError):
    reason = "The service sent something that is not an answer."
    advice = "Try again."
    retryable = True


class ReplyTooLarge(UnreadableReply):
    reason = "The answer was too large and was stopped."
    advice = "Ask for something shorter."
    retryable = False


CLASS_BY_STATUS: dict[int, type[InferenceError]] = {
    401: KeyRefused,
    403: ModelNotAllowed,
    404: WrongAddress,
    405: WrongAddress,
    408: TimedOut,
    413: ConversationTooLong,
    429: RateLimited,
    502: ServiceUnavailable,
    503: ServiceUnavailable,
    504: ServiceUnavailable,
    529: ServiceUnavailable,
}


def error_from_response(
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    secret: str = "",
    now: float | None = None,
) -> InferenceError:
    """The error that an answer without a stream stands for; `now` is Unix time, the clock's when
    None. The bodies are those that the service documents and those that its clients have met;
    neither `secret` nor anything that looks like a key gets from them into the error."""
    headers = {name.lower(): value for name, value in headers.items()}
    text = body.decode("utf-8-sig", "replace")
    page = is_page(text, headers.get("content-type", "").lower())
    fields = {} if page else error_fields(text)
    detail = detail_of(fields, secret)
    if status < 300:
        status = status_of(fields) or status  # a server may send its errors with 200
    kind = TextBlocked if status == 403 and page else _class_for(status, detail)
    wait = asked_wait(headers, time.time() if now is None else now)
    return kind(detail=detail, retry_after=wait)


def error_from_event(data: str, *, secret: str = "") -> InferenceError:
    """The error that an `event: error` or a data object with `error` in mid-stream stands for."""
    status = status_of(error_fields(data)) or 500
    return error_from_response(status, {}, data.encode("utf-8", "replace"), secret=secret)


def _class_for(status: int, detail: str) -> type[InferenceError]:
    if status == 403 and BLOCKED.search(detail):
        return TextBlocked
    if status in CLASS_BY_STATUS:
        return CLASS_BY_STATUS[status]
    if status < 300:
        return UnreadableReply
    if status < 400:
        return WrongAddress
    if status >= 500:
        return ServiceFailed
    if OVERFLOW.search(detail):
        return ConversationTooLong
    return ImageRejected if IMAGE.search(detail) else RequestRefused


def _span(seconds: float) -> str:
    if seconds <= 1:
        return "1 second"
    if seconds <= 90:
        return f"{math.ceil(seconds)} seconds"
    if seconds <= 90 * 60:
        return f"about {math.ceil(seconds / 60)} minutes"
    return f"about {math.ceil(seconds / 3_600)} hours"
