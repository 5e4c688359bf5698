"""How long is waited before which try, and when it is not worth it."""

from __future__ import annotations

import pytest

from chatapp.inference import errors
from chatapp.inference.errors import InferenceError
from chatapp.inference.retry import pause


def no_jitter() -> float:
    return 0.0


def most_jitter() -> float:
    return 1.0


@pytest.mark.parametrize(("retries", "seconds"), [(0, 1), (1, 2), (2, 4), (3, None)])
def test_three_retries_further_and_further_apart(retries: int, seconds: float | None) -> None:
    assert pause(errors.ServiceUnavailable(), retries, no_jitter) == seconds


@pytest.mark.parametrize(("retries", "most"), [(0, 1.5), (1, 3), (2, 6)])
def test_jitter_spreads_them(retries: int, most: float) -> None:
    assert pause(errors.ServiceUnavailable(), retries, most_jitter) == most


@pytest.mark.parametrize(
    ("kind", "most"),
    [
        (errors.TimedOut, 1),
        (errors.ServiceFailed, 1),
        (errors.RateLimited, 3),
        (errors.ServiceUnavailable, 3),
        (errors.Unreachable, 3),
        (errors.Interrupted, 3),
        (errors.UnreadableReply, 3),
        (errors.NotConnected, 0),
        (errors.RequestRefused, 0),
        (errors.ConversationTooLong, 0),
        (errors.ImageRejected, 0),
        (errors.KeyRefused, 0),
        (errors.ModelNotAllowed, 0),
        (errors.TextBlocked, 0),
        (errors.WrongAddress, 0),
        (errors.ReplyTooSlow, 0),
        (errors.ReplyTooLarge, 0),
    ],
)
def test_each_error_has_its_number_of_retries(kind: type[InferenceError], most: int) -> None:
    waits = [pause(kind(), retries, no_jitter) for retries in range(4)]
    assert [wait is not None for wait in waits] == [n < most for n in range(4)]


@pytest.mark.parametrize("requested", [0.0, 7.0, 60.0, 90.0])
def test_the_wait_is_never_shorter_than_requested(requested: float) -> None:
    error = errors.RateLimited(retry_after=requested)
    assert pause(error, 0, no_jitter) == requested
    most = pause(error, 0, most_jitter)
    assert most is not None
    assert requested + 1 <= most <= requested * 1.1 + 1


def test_more_than_90_seconds_are_not_waited_for() -> None:
    assert pause(errors.RateLimited(retry_after=90.5), 0, no_jitter) is None
