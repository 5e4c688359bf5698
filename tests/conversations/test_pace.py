"""Patches come as often as the load allows."""

import pytest

from chatapp.conversations.pace import flush_interval


@pytest.mark.parametrize(
    ("running", "lag", "open_block", "interval"),
    [(1, 0, 0, 0.016), (50, 0, 0, 0.037), (200, 0, 0, 0.1), (1, 0.05, 0, 0.066), (1, 9, 0, 0.1)],
)
def test_patches_come_at_the_pace_of_the_load(
    running: int, lag: float, open_block: int, interval: float
) -> None:
    assert flush_interval(running, lag, open_block) == pytest.approx(interval)
