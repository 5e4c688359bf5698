"""Amounts of money: whole micro-dollars inside, dollars and cents for people."""

import re
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from django.utils.translation import gettext as _

from chatapp.spending.models.cap import MAX_AMOUNT
from chatapp.spending.models.model_call import MICRO_DOLLARS

CENT = MICRO_DOLLARS // 100
MAX_CHARACTERS = 40  # of a typed amount
# A comma separates thousands. "2,50" must not become 250 dollars, whatever it means to the person.
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?", re.ASCII)


class InvalidAmount(ValueError):
    """An amount that nobody can mean. The text is a sentence for people."""


def check_amount(amount: object) -> int:
    """Return an amount of micro-dollars that a cap can have. Raises InvalidAmount."""
    if not isinstance(amount, int) or isinstance(amount, bool):
        raise InvalidAmount(_("Enter an amount in dollars, such as 5 or 2.50."))
    if amount < 0:
        raise InvalidAmount(_("An amount can't be below $0."))
    if amount > MAX_AMOUNT:
        raise InvalidAmount(_("An amount can't be above %(most)s.") % {"most": shown(MAX_AMOUNT)})
    return amount


def parse(text: str) -> int:
    """Return micro-dollars of what a person typed, such as "5", "2.50" or "$1,000". Raises
    InvalidAmount."""
    typed = text.strip().removeprefix("$").strip()
    if GROUPED.fullmatch(typed):
        typed = typed.replace(",", "")
    try:
        dollars = Decimal(typed) if len(typed) <= MAX_CHARACTERS and typed.isascii() else None
    except InvalidOperation:
        dollars = None
    if dollars is None or not dollars.is_finite():
        raise InvalidAmount(_("Enter an amount in dollars, such as 5 or 2.50."))
    largest = Decimal(MAX_AMOUNT + 1) / MICRO_DOLLARS
    bounded = min(max(dollars, Decimal(-1)), largest)  # 1e999999 would take all memory as an int
    return check_amount(int((bounded * MICRO_DOLLARS).to_integral_value(ROUND_HALF_UP)))


def shown(amount: int) -> str:
    """Return an amount in dollars and cents."""
    if 0 < amount < CENT:
        return _("less than $0.01")
    cents = (amount + CENT // 2) // CENT
    return f"${cents // 100:,}.{cents % 100:02}"
