"""Find the error that an answer of the service means, by its status and body."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping

from .error_body import detail_of, error_fields, is_page, status_of, words_of
from .errors import (
    AnswerDeclined,
    BudgetUsedUp,
    ConversationTooLong,
    ImageRejected,
    InferenceError,
    KeyRefused,
    ModelNotAllowed,
    ModelNotOffered,
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
from .token_limits import OVERFLOW

IMAGE = re.compile(r"\bimages?\b|image_url|media.type", re.IGNORECASE)
NO_VISION = re.compile(
    r"support (?:for )?(?:vision|multimodal|image(?!s? ?(?:/|format|type|media|url)))"
    r"|image(?: input|_url|s)?s?['\"`]? (?:is|are) not supported"
    r"|not a (?:multimodal|vision)|at most 0 image|unknown variant .image_url",
    re.IGNORECASE,
)
BLOCKED = re.compile(r"request (?:was )?blocked", re.IGNORECASE)
BUDGET = re.compile(
    r"insufficient[_ ](?:quota|credit|balance|funds)|credit balance|out of credits?\b"
    r"|budget[_ ](?:has been )?exceeded|exceeded ?budget|billing[_ ](?:hard[_ ])?limit"
    r"|api usage limits|payment required|key limit exceeded|spend(?:ing)? limit",
    re.IGNORECASE,
)
KEY = re.compile(
    r"(?:invalid|incorrect|wrong|missing) api[ _-]?key"
    r"|api[ _-]?key (?:not valid|is invalid|expired)",
    re.IGNORECASE,
)
MODEL_ACCESS = re.compile(r"model_access_denied|not allowed to access model", re.IGNORECASE)
UNKNOWN_MODEL = re.compile(
    r"^model: \S+ not_found_error$"
    r"|model_(?:not_found|decommissioned|not_available)|deploymentnotfound"
    r"|(?:invalid|unknown|unsupported|unrecognized) model\b|not a valid model|no such model"
    r"|model (?:identifier|name|id) is (?:invalid|unknown)|model not (?:exist|found)"
    r"|this model (?:version )?(?:has reached|has been (?:retired|deprecated|decommissioned))"
    r"|\bmodels?\b:?\s+[\"'`“]?[\w./:@-]+[\"'`”]?\s+(?:(?:has been|is|was|does|do)\s+)?"
    r"(?:not (?:exist|found|available|offered)|decommissioned|deprecated|retired|no longer)"
    r"|no endpoints found for",
    re.IGNORECASE,
)
DECLINED = re.compile(
    r"content_filter|content (?:management|filtering|usage) policy|content_policy|safety system"
    r"|prohibited_content|was flagged|data_inspection_failed|inappropriate content",
    re.IGNORECASE,
)
REFUSALS = (200, 400, 402, 403, 404, 410, 413, 422, 429, 451)  # 200: some servers send errors so
# Which words mean which error, with which status. The first that fits decides: a refusal of a
# prompt that is too long may speak of its images, and one of an image of the model.
RULES: tuple[tuple[re.Pattern[str], tuple[int, ...], type[InferenceError]], ...] = (
    (BLOCKED, (403,), TextBlocked),
    (BUDGET, REFUSALS, BudgetUsedUp),
    (KEY, (400, 403), KeyRefused),
    (MODEL_ACCESS, (400, 401, 403), ModelNotAllowed),
    (OVERFLOW, (200, 400, 413, 422, 500), ConversationTooLong),
    (NO_VISION, (200, 400, 404, 422, 500), ImageRejected),
    (UNKNOWN_MODEL, (200, 400, 404, 410, 422), ModelNotOffered),
    (DECLINED, (200, 400, 403, 422, 451), AnswerDeclined),
)
CLASS_BY_STATUS: dict[int, type[InferenceError]] = {
    401: KeyRefused,
    402: BudgetUsedUp,
    403: ModelNotAllowed,
    404: WrongAddress,
    405: WrongAddress,
    408: TimedOut,
    413: ConversationTooLong,
    429: RateLimited,
    451: AnswerDeclined,
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
    if status < 300:
        status = status_of(fields) or status  # a server may send its errors with 200
    kind = TextBlocked if status == 403 and page else _class_for(status, words_of(fields))
    wait = requested_wait(headers, time.time() if now is None else now)
    return kind(detail=detail_of(fields, secret), retry_after=wait)


def error_from_event(data: str, *, secret: str = "") -> InferenceError:
    """Return the error that an `event: error`, or data with `error`, means in mid-stream."""
    fields = error_fields(data)
    status = status_of(fields) or _status_of_words(words_of(fields))
    return error_from_response(status, {}, data.encode("utf-8", "replace"), secret=secret)


def _status_of_words(words: str) -> int:
    """Return 400 for words that mean a refusal, else 500: an event has no status of its own."""
    return (
        400 if any(400 in statuses and rule.search(words) for rule, statuses, _ in RULES) else 500
    )


def _class_for(status: int, words: str) -> type[InferenceError]:
    for rule, statuses, kind in RULES:
        if status in statuses and rule.search(words):
            return kind
    if status in CLASS_BY_STATUS:
        return CLASS_BY_STATUS[status]
    if status < 300:
        return UnreadableReply
    if status < 400:
        return WrongAddress
    if status >= 500:
        return ServiceFailed
    return ImageRejected if IMAGE.search(words) else RequestRefused
