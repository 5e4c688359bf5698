"""Decide when to try again after a failure. No clock, no randomness of its own."""

from __future__ import annotations

from collections.abc import Callable

from .errors import InferenceError

MAX_WAIT_SECONDS = 90.0  # nobody watches a blank reply for longer
PAUSES_SECONDS = (1.0, 2.0, 4.0)  # when the service doesn't ask for a pause
MAX_RETRIES = len(PAUSES_SECONDS)
JITTER = 0.5  # of a pause of our own
JITTER_ON_REQUESTED = 0.1  # of a pause that the service requested for
MIN_JITTER_SECONDS = 1.0


def pause(error: InferenceError, retries: int, random: Callable[[], float]) -> float | None:
    """Return the seconds to wait before the next try, None when there should be no other.

    `retries` counts the tries so far, whatever their errors. The wait is never shorter than the
    service asked for; jitter on top (`random` returns 0 to 1) spreads the replies that failed
    together. When the service asks for more than `MAX_WAIT_SECONDS`, there is no other try.
    """
    if not error.retryable or retries >= min(error.max_retries, MAX_RETRIES):
        return None
    requested = error.retry_after
    if requested is None:
        return PAUSES_SECONDS[retries] * (1 + random() * JITTER)
    if requested > MAX_WAIT_SECONDS:
        return None
    return requested + random() * max(requested * JITTER_ON_REQUESTED, MIN_JITTER_SECONDS)
