"""When to ask again after a failure. No clock, no chance of its own."""

from __future__ import annotations

from collections.abc import Callable

from .errors import InferenceError

MAX_WAIT_SECONDS = 90.0  # nobody watches a blank reply for longer
PAUSES_SECONDS = (1.0, 2.0, 4.0)  # where the service names none
MAX_RETRIES = len(PAUSES_SECONDS)
JITTER = 0.5  # of a pause of our own
JITTER_ON_ASKED = 0.1  # of a pause that the service asked for
LEAST_JITTER_SECONDS = 1.0


def pause(error: InferenceError, retries: int, random: Callable[[], float]) -> float | None:
    """Seconds to wait before the next try, None when there is to be none.

    `retries` counts those made so far, whatever they were for. The service's own wish is never
    undercut; the jitter on top (`random` gives 0 to 1) keeps the replies that failed together
    from coming back together. A wish for more than `MAX_WAIT_SECONDS` is not waited for.
    """
    if not error.retryable or retries >= min(error.max_retries, MAX_RETRIES):
        return None
    asked = error.retry_after
    if asked is None:
        return PAUSES_SECONDS[retries] * (1 + random() * JITTER)
    if asked > MAX_WAIT_SECONDS:
        return None
    return asked + random() * max(asked * JITTER_ON_ASKED, LEAST_JITTER_SECONDS)
