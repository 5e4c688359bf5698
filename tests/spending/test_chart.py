"""The chart: bars of money, or of tokens where nothing has a price."""

from datetime import date, timedelta

from chatapp.spending.chart import draw
from chatapp.spending.sums import Sums

FIRST = date(2026, 11, 1)


def days(*sums: Sums) -> list[tuple[date, Sums]]:
    return [(FIRST + timedelta(days=number), each) for number, each in enumerate(sums)]


def test_bars_are_in_proportion_and_the_smallest_can_be_seen() -> None:
    chart = draw(days(Sums(1, 1), Sums(), Sums(1, 500_000), Sums(1, 1_000_000)))

    assert [bar.height for bar in chart.bars] == [1, 0, 50, 100]
    assert [bar.x for bar in chart.bars] == [0, 10, 20, 30]
    assert chart.width == 38
    assert chart.highest is chart.bars[3]
    assert not chart.is_of_tokens


def test_calls_without_prices_are_drawn_by_tokens() -> None:
    chart = draw(days(Sums(1, 0, input_tokens=10), Sums(1, 0, input_tokens=20)))

    assert [bar.height for bar in chart.bars] == [50, 100]
    assert chart.is_of_tokens


def test_a_month_without_calls_has_no_bars() -> None:
    chart = draw(days(Sums(), Sums()))

    assert [bar.height for bar in chart.bars] == [0, 0]
    assert chart.highest is None
