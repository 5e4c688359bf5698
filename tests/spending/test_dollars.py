"""Amounts that people type and read."""

import pytest

from chatapp.spending.dollars import InvalidAmount, check_amount, parse, shown


@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("5", 5_000_000),
        (" $2.50 ", 2_500_000),
        ("1,000", 1_000_000_000),
        ("$999,999.50", 999_999_500_000),
        ("0", 0),
        ("0.000001", 1),
        ("1000000", 1_000_000_000_000),
        ("1e2", 100_000_000),
    ],
)
def test_an_amount_is_read(typed: str, amount: int) -> None:
    assert parse(typed) == amount


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an amount"),
        ("lots", "Enter an amount"),
        ("NaN", "Enter an amount"),
        ("-NaN", "Enter an amount"),
        ("sNaN", "Enter an amount"),
        ("Infinity", "Enter an amount"),
        ("-inf", "Enter an amount"),
        ("1e", "Enter an amount"),
        ("2,50", "Enter an amount"),
        ("1.000,50", "Enter an amount"),
        ("1,00,000", "Enter an amount"),
        ("\u0665", "Enter an amount"),
        ("9" * 41, "Enter an amount"),
        ("-1", "can't be below $0"),
        ("-0.01", "can't be below $0"),
        ("1000000.01", "can't be above $1,000,000.00"),
        ("1e999999", "can't be above $1,000,000.00"),
        ("-1e999999", "can't be below $0"),
    ],
)
def test_nonsense_gets_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(InvalidAmount, match=sentence.replace("$", r"\$")):
        parse(typed)


@pytest.mark.parametrize("amount", [True, 1.5, "5", None, float("nan")])
def test_an_amount_is_a_whole_number(amount: object) -> None:
    with pytest.raises(InvalidAmount):
        check_amount(amount)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.00"),
        (1, "less than $0.01"),
        (9_999, "less than $0.01"),
        (10_000, "$0.01"),
        (1_234_567, "$1.23"),
        (1_235_000, "$1.24"),
        (1_234_567_890_000, "$1,234,567.89"),
    ],
)
def test_an_amount_is_shown_in_cents(amount: int, text: str) -> None:
    assert shown(amount) == text
