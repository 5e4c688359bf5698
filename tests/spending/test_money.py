"""Money as people read it: rounded to cents, and never to nothing."""

import pytest

from chatapp.spending.dollars import shown as dollars
from chatapp.spending.money import exact_dollars, small_dollars


@pytest.mark.parametrize(
    ("micro", "shown"),
    [
        (0, "$0.00"),
        (1, "less than $0.01"),
        (9_999, "less than $0.01"),
        (10_000, "$0.01"),
        (14_999, "$0.01"),
        (15_000, "$0.02"),
        (1_234_999, "$1.23"),
        (1_235_000, "$1.24"),
        (999_995_000, "$1,000.00"),
        (12_345_678_900_000, "$12,345,678.90"),
    ],
)
def test_amounts_are_in_cents(micro: int, shown: str) -> None:
    assert dollars(micro) == shown


@pytest.mark.parametrize(
    ("micro", "shown"),
    [
        (0, "$0.000"),
        (999, "less than $0.001"),
        (1_000, "$0.001"),
        (12_345, "$0.012"),
        (999_499, "$0.999"),
        (1_000_000, "$1.00"),
    ],
)
def test_the_price_of_a_reply_has_tenths_of_a_cent(micro: int, shown: str) -> None:
    assert small_dollars(micro) == shown


def test_programs_get_the_exact_amount() -> None:
    assert [exact_dollars(micro) for micro in (0, 7, 1_000_001)] == [
        "0.000000",
        "0.000007",
        "1.000001",
    ]
