"""Quotas and waits out of headers of every shape."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatapp.inference.rate_limits import Quota, RateLimits, requested_wait

NOW = 1_770_000_000.0
ALL = {
    "x-ratelimit-limit-requests": "150",
    "x-ratelimit-remaining-requests": "149",
    "x-ratelimit-reset-requests": "51s",
    "x-ratelimit-limit-tokens": "800000",
    "x-ratelimit-remaining-tokens": "0",
    "x-ratelimit-reset-tokens": "1770000030",
}


def test_both_quotas_are_read() -> None:
    rate_limits = RateLimits.from_headers(ALL, NOW)
    assert rate_limits == RateLimits(Quota(150, 149, 51.0), Quota(800_000, 0, 30.0))
    assert rate_limits.wait == 30.0


def test_without_headers_there_are_no_rate_limits() -> None:
    assert RateLimits.from_headers({"content-type": "text/plain"}, NOW) is None


def test_one_header_is_enough() -> None:
    rate_limits = RateLimits.from_headers({"x-ratelimit-remaining-tokens": "7"}, NOW)
    assert rate_limits == RateLimits(Quota(), Quota(remaining=7))
    assert rate_limits.wait is None


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("51s", 51.0),
        ("1m30s", 90.0),
        ("1h", 3_600.0),
        ("250ms", 0.25),
        ("6m0s", 360.0),
        ("1.5s", 1.5),
        ("51", 51.0),
        (" 0.5 ", 0.5),
        ("1770000012", 12.0),
        ("1770000012.5", 12.5),
        ("1770000012000", 12.0),
        ("1769999999", 0.0),
        ("", None),
        ("soon", None),
        ("-5", None),
        ("nan", None),
        ("1e5", None),
        ("s", None),
        ("604800", 604_800.0),
        ("604801", None),
        ("99999999", None),
        ("9999999999999", None),
        ("9h9h", None),
    ],
)
def test_a_reset_is_in_seconds_from_now(value: str, seconds: float | None) -> None:
    headers = {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": value}
    rate_limits = RateLimits.from_headers(headers, NOW)
    assert rate_limits is not None
    assert rate_limits.requests.reset == seconds
    assert rate_limits.wait == seconds


@pytest.mark.parametrize(
    ("value", "count"),
    [("7", 7), (" 7 ", 7), ("-3", 0), ("many", None), ("1.5", None), ("9" * 20, None)],
)
def test_an_invalid_count_is_ignored(value: str, count: int | None) -> None:
    headers = {"x-ratelimit-limit-tokens": "1", "x-ratelimit-remaining-tokens": value}
    rate_limits = RateLimits.from_headers(headers, NOW)
    assert rate_limits is not None
    assert rate_limits.tokens == Quota(1, count)


def test_the_longest_reset_of_used_up_quotas_counts() -> None:
    assert RateLimits(Quota(remaining=0, reset=5), Quota(remaining=0, reset=9)).wait == 9
    assert RateLimits(Quota(remaining=0, reset=5), Quota(remaining=1, reset=9)).wait == 5
    assert RateLimits(Quota(remaining=0), Quota(remaining=0, reset=3)).wait == 3


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "17"}, 17.0),
        ({"retry-after": "0"}, 0.0),
        ({"retry-after": "Mon, 02 Feb 2026 02:40:20 GMT"}, 20.0),
        ({"retry-after": "Mon, 02 Feb 2026 02:00:00 GMT"}, 0.0),
        ({"retry-after": "Mon, 99 Feb 2026 02:40:20 GMT"}, None),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "-1"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "17"} | ALL, 17.0),
        ({"retry-after": "soon"} | ALL, 30.0),
        (ALL, 30.0),
        (ALL | {"x-ratelimit-remaining-tokens": "1"}, None),
        ({}, None),
    ],
)
def test_the_wait_that_the_service_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert requested_wait(headers, NOW) == seconds


@given(st.dictionaries(st.sampled_from([*ALL, "retry-after"]), st.text(max_size=20)))
def test_no_header_raises_an_error(headers: dict[str, str]) -> None:
    wait = requested_wait(headers, NOW)
    assert wait is None or wait >= 0
