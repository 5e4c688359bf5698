"""Everything that can go wrong between us and the model, each with a sentence for the person.

InferenceError
├── NotConnected           no service is configured
├── RequestRefused         400 and every other 4xx
│   ├── ConversationTooLong    400 "prompt is too long", 413
│   ├── ImageRejected          400 or 422 about an image
│   └── AnswerDeclined         a refusal by the model or by a content filter
├── KeyRefused             401
├── BudgetUsedUp           402, or any refusal that speaks of credit or a budget
├── ModelNotAllowed        403 with JSON
├── ModelNotOffered        400 or 404 about the model's id: misspelled or retired
├── TextBlocked            403 with a web page: the firewall in front of the service
├── WrongAddress           404, 405 and redirects
├── TimedOut               408, or silence before the first byte
├── RateLimited            429
├── ServiceFailed          500
├── ServiceUnavailable     502, 503, 504, 529
├── Unreachable            no connection, or it dropped before the first byte of the answer
├── Interrupted            the answer was interrupted
├── ReplyTooSlow           the answer took longer than the limit for a whole reply
└── UnreadableReply        the answer was not in the format of chat completions
    └── ReplyTooLarge          an event or the whole answer was too large
"""

from __future__ import annotations

import math
from collections.abc import Callable

from .error_body import shorten
from .translation import gettext_noop as _

MAX_QUOTED_CHARACTERS = 300


class InferenceError(Exception):
    """Explain a failure: `reason` reports what happened, `advice` what to do, both in English.

    With `retryable` the same request may succeed a little later; `max_retries` is how often that
    is worth trying. `retry_after` is the wait in seconds that the service asked for, None if it
    didn't. `detail` is the service's message without secrets, "" if there is none.
    """

    reason: str = _("The model service failed.")
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
        """Return the reason, the advice and the service's message in English."""
        return self.translated(str)

    def translated(self, translate: Callable[[str], str]) -> str:
        """Return the sentence for a person. `translate` is Django's `gettext`, for example."""
        parts = [translate(self.reason)]
        if self.retryable and self.retry_after:
            advice, count = _wait_advice(self.retry_after)
            parts.append(translate(advice) % {"count": count})
        elif self.advice:
            parts.append(translate(self.advice))
        if self.detail:
            message = shorten(self.detail, MAX_QUOTED_CHARACTERS)
            parts.append(translate(_("The service reported: “%(message)s”")) % {"message": message})
        return " ".join(parts)

    def __str__(self) -> str:
        return self.sentence


class NotConnected(InferenceError):
    reason = _("No model is connected.")
    advice = _("Set INFERENCE_URL and INFERENCE_KEY.")


class RequestRefused(InferenceError):
    reason = _("The service refused this request.")
    advice = _("Change the message and send it again.")


class ConversationTooLong(RequestRefused):
    reason = _("This conversation is too long for the model.")
    advice = _("Start a new chat or send less.")


class ImageRejected(RequestRefused):
    reason = _("The service couldn't use an image.")
    advice = _("Remove it or attach it again as a file.")


class AnswerDeclined(RequestRefused):
    """The model or a content filter declined, and would decline the same request again."""

    reason = _("The model declined to answer this.")
    advice = _("Change the message, leave it out, or choose another model.")


class KeyRefused(InferenceError):
    reason = _("The service doesn't accept the key.")
    advice = _("Check INFERENCE_KEY.")


class BudgetUsedUp(InferenceError):
    reason = _("The credit or budget for the model service is used up.")
    advice = _("The owner of this site has to raise it.")


class ModelNotAllowed(InferenceError):
    reason = _("The key has no access to this model.")
    advice = _("Choose another model.")


class ModelNotOffered(InferenceError):
    reason = _("The service doesn't offer this model, or no longer does.")
    advice = _("Choose another model.")


class TextBlocked(InferenceError):
    reason = _("A content filter in front of the service refused this text.")
    advice = _("Change code, markup or addresses in it, or leave the message out.")


class WrongAddress(InferenceError):
    reason = _("There is no model at this address.")
    advice = _("Check INFERENCE_URL.")


class TimedOut(InferenceError):
    reason = _("The service didn't answer in time.")
    advice = _("Try again.")
    retryable = True
    max_retries = 1  # each try may take minutes


class RateLimited(InferenceError):
    reason = _("The service is handling too many requests.")
    advice = _("Wait a moment and try again.")
    retryable = True


class ServiceFailed(InferenceError):
    reason = _("The service failed while working on this.")
    advice = _("Try again.")
    retryable = True
    max_retries = 1  # some requests fail with 500 every time


class ServiceUnavailable(InferenceError):
    reason = _("The service isn't available right now.")
    advice = _("Try again soon.")
    retryable = True


class Unreachable(InferenceError):
    reason = _("The service couldn't be reached.")
    advice = _("Try again soon.")
    retryable = True


class Interrupted(InferenceError):
    reason = _("The answer was interrupted.")
    advice = _("Try again.")
    retryable = True


class ReplyTooSlow(InferenceError):
    reason = _("The answer took too long and was stopped.")
    advice = _("Ask for something shorter.")


class UnreadableReply(InferenceError):
    reason = _("The service sent an answer that we couldn't read.")
    advice = _("Try again.")
    retryable = True


class ReplyTooLarge(UnreadableReply):
    reason = _("The answer was too large and was stopped.")
    advice = _("Ask for something shorter.")
    retryable = False


def _wait_advice(seconds: float) -> tuple[str, int]:
    """Return a sentence to translate, and the number for its `%(count)d`."""
    if seconds <= 1:
        return _("Try again in %(count)d second."), 1
    if seconds <= 90:
        return _("Try again in %(count)d seconds."), math.ceil(seconds)
    if seconds <= 90 * 60:
        return _("Try again in about %(count)d minutes."), math.ceil(seconds / 60)
    return _("Try again in about %(count)d hours."), math.ceil(seconds / 3_600)
