"""What the service says about its limits in the headers of an answer. No clock of its own.

`x-ratelimit-*` describe the whole add-on, so one answer tells about everybody's requests. The
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
LONGEST_SECONDS = 7 * 86_400.0  # a wait beyond it is nonsense
EARLIEST_UNIX_TIME = 1e9  # seconds, 2001; smaller numbers are durations
EARLIEST_UNIX_MILLISECONDS = 1e12


@dataclass(frozen=True, slots=True)
class Quota:
    """Per minute; `reset` is in seconds from the moment of the answer. None: not said."""

    limit: int | None = None
    remaining: int | None = None
    reset: float | None = None


@dataclass(frozen=True, slots=True)
class RateLimits:
    requests: Quota
    tokens: Quota

    @classmethod
    def from_headers(cls, headers: Mapping[str, str], now: float) -> RateLimits | None:
        """None when the answer says nothing of quotas. `headers` has lower-case names, `now` is
        Unix time; nonsense in a header counts as not said."""
        requests, tokens = (_quota(headers, name, now) for name in ("requests", "tokens"))
        if requests == tokens == Quota():
            return None
        return cls(requests, tokens)

    @property
    def wait(self) -> float | None:
        """Seconds until every quota that is used up is whole again; None when none is."""
        used_up = [quota.reset for quota in (self.requests, self.tokens) if quota.remaining == 0]
        return max((reset for reset in used_up if reset is not None), default=None)


def asked_wait(headers: Mapping[str, str], now: float) -> float | None:
    """Seconds that the service asks to wait: `Retry-After` (seconds or an HTTP date), else the
    reset of a quota that is used up. `headers` has lower-case names, `now` is Unix time."""
    value = headers.get("retry-after", "").strip()
    if NUMBER.fullmatch(value):
        return _sensible(float(value))
    if value[:1].isalpha():
        try:
            return _sensible(max(parsedate_to_datetime(value).timestamp() - now, 0.0))
        except (ValueError, OverflowError):
            pass  # not a date either: the other headers may know
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
        if number >= EARLIEST_UNIX_MILLISECONDS:
            number /= 1_000
        return _sensible(max(number - now, 0.0) if number >= EARLIEST_UNIX_TIME else number)
    match = DURATION.fullmatch(value)
    if not value or not match:
        return None
    hours, minutes, seconds, milliseconds = (float(part or 0) for part in match.groups())
    return _sensible(hours * 3_600 + minutes * 60 + seconds + milliseconds / 1_000)


def _sensible(seconds: float) -> float | None:
    return seconds if seconds <= LONGEST_SECONDS else None
