"""Find the error that an answer of the service means, by its status and body."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from .error_body import detail_of, error_fields, is_page, status_of
from .errors import (
    ConversationTooLong,
    ImageRejected,
    InferenceError,
    KeyRefused,
    ModelNotAllowed,
    RateLimited,
    RequestRefused,
    ServiceFailed,
    ServiceUnavailable,
    TextBlocked,
    TimedOut,
    UnreadableReply,
    WrongAddress,
)
from .rate_limits import requested_wait

OVERFLOW = re.compile(
    r"(?:prompt|input) is too long|context (?:length|window|limit)", re.IGNORECASE
)
IMAGE = re.compile(r"\bimages?\b|image_url|media.type", re.IGNORECASE)
BLOCKED = re.compile(r"request (?:was )?blocked", re.IGNORECASE)
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
    """Return the error that an answer without a stream means.

    `now` is Unix time, the clock's when None. Understands the bodies that the service documents
    and those that its clients have met. Neither `secret` nor anything that looks like a key gets
    from them into the error.
    """
    headers = {name.lower(): value for name, value in headers.items()}
    text = body.decode("utf-8-sig", "replace")
    page = is_page(text, headers.get("content-type", "").lower())
    fields = {} if page else error_fields(text)
    detail = detail_of(fields, secret)
    if status < 300:
        status = status_of(fields) or status  # a server may send its errors with 200
    kind = TextBlocked if status == 403 and page else _class_for(status, detail)
    wait = requested_wait(headers, time.time() if now is None else now)
    return kind(detail=detail, retry_after=wait)


def error_from_event(data: str, *, secret: str = "") -> InferenceError:
    """Return the error that an `event: error`, or data with `error`, means in mid-stream."""
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
