"""Read the rate limits in the headers of an answer. No clock of its own.

`x-ratelimit-*` describe the whole add-on, so one answer reports about everybody's requests. The
documentation shows a reset as a duration (`51s`) on one page and as a Unix time on another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?(?:(\d+)ms)?")
NUMBER = re.compile(r"\d{1,13}(?:\.\d+)?")
COUNT = re.compile(r"-?\d{1,15}")
MAX_WAIT_SECONDS = 7 * 86_400.0  # a wait beyond it is nonsense
MIN_UNIX_TIME = 1e9  # seconds, 2001; smaller numbers are durations
MIN_UNIX_MILLISECONDS = 1e12


@dataclass(frozen=True, slots=True)
class Quota:
    """Hold one quota per minute. `reset` is in seconds after the answer. None means unknown."""

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None


@dataclass(frozen=True, slots=True)
class RateLimits:
    requests: Quota
    tokens: Quota

    @classmethod
    def from_headers(cls, headers: Mapping[str, str], now: float) -> RateLimits | None:
        """Return the limits of an answer, None when it reports none.

        `headers` has lower-case names, `now` is Unix time. Nonsense in a header is ignored.
        """
        requests, tokens = (_quota(headers, name, now) for name in ("requests", "tokens"))
        if requests == tokens == Quota():
            return None
        return cls(requests, tokens)

    @property
    def wait(self) -> float | None:
        """Return the seconds until no quota is used up any more, None when none is used up."""
        used_up = [quota.reset for quota in (self.requests, self.tokens) if quota.remaining == 0]
        return max((reset for reset in used_up if reset is not None), default=None)


def requested_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Return the seconds that the service asks to wait, None when it doesn't ask.

    Read from `Retry-After` (seconds or an HTTP date), else from the reset of a quota that is used
    up. `headers` has lower-case names, `now` is Unix time.
    """
    value = headers.get("retry-after", "").strip()
    if NUMBER.fullmatch(value):
        return _plausible(float(value))
    if value[:1].isalpha():
        try:
            return _plausible(max(parsedate_to_datetime(value).timestamp() - now, 0.0))
        except (ValueError, OverflowError):
            pass  # not a date either: the other headers may have it
    rate_limits = RateLimits.from_headers(headers, now)
    return rate_limits.wait if rate_limits else None


def _quota(headers: Mapping[str, str], name: str, now: float) -> Quota:
    return Quota(
        limit=_count(headers.get(f"x-ratelimit-limit-{name}", "")),
        remaining=_count(headers.get(f"x-ratelimit-remaining-{name}", "")),
        reset=_reset(headers.get(f"x-ratelimit-reset-{name}", ""), now),
    )


def _count(value: str) -> int | None:
    value = value.strip()
    return max(int(value), 0) if COUNT.fullmatch(value) else None


def _reset(value: str, now: float) -> float | None:
    value = value.strip().lower()
    if NUMBER.fullmatch(value):
        number = float(value)
        if number >= MIN_UNIX_MILLISECONDS:
            number /= 1_000
        return _plausible(max(number - now, 0.0) if number >= MIN_UNIX_TIME else number)
    match = DURATION.fullmatch(value)
    if not value or not match:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return _plausible(hours * 3_600 + minutes * 60 + seconds + milliseconds / 1_000)


def _plausible(seconds: float) -> float | None:
    return seconds if seconds <= MAX_WAIT_SECONDS else None
