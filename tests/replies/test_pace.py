"""Patches come as often as the load allows."""

import pytest

from chatapp.replies.pace import flush_interval, reading_pause


@pytest.mark.parametrize(
    ("lag", "open_block", "cost", "interval"),
    [
        (0, 0, 0, 0.016),
        (0.05, 0, 0, 0.066),
        (9, 0, 0, 0.1),
        (0, 8_000, 0, 0.036),
        (0, 0, 0.002, 0.016),
        (0, 0, 0.02, 0.1),
        (0, 0, 0.1, 0.5),
    ],
)
def test_patches_come_at_the_pace_of_the_load(
    lag: float, open_block: int, cost: float, interval: float
) -> None:
    assert flush_interval(lag, open_block, cost) == pytest.approx(interval)


@pytest.mark.parametrize(
    ("running", "pause"), [(1, 0), (8, 0), (9, 0.01636), (50, 0.03112), (200, 0.08512), (999, 0.1)]
)
def test_with_many_replies_their_text_gathers_before_it_is_read(running: int, pause: float) -> None:
    assert reading_pause(running) == pytest.approx(pause)
