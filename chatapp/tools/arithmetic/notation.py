"""Read the ways in which people and models write expressions, and format results."""

from __future__ import annotations

import decimal
import re
from decimal import Decimal
from itertools import pairwise

from django.utils.translation import gettext

from chatapp.tools.tool import ToolFailed

SHORT = decimal.Context(prec=15)  # digits of a result that is not whole
MAX_WHOLE_DIGITS = 100
PLAIN = range(-6, 21)  # powers of ten that are written out; others become 1.5e+30

SPELLINGS = {
    "\N{MULTIPLICATION SIGN}": "*",
    "\N{MIDDLE DOT}": "*",
    "\N{DIVISION SIGN}": "/",
    "\N{MINUS SIGN}": "-",
    "^": "**",
    "π": "pi",
    "√": "sqrt",
}
NUMBER = r"(?:[0-9][0-9_]*(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
PART = re.compile(rf"{NUMBER}|[^\W\d]\w*|\*\*|//|\S")
HUNDREDTH = "/100)"
SUM_ENDS = ("", "+", "-", ")", ",")


def normalize(expression: str) -> str:
    """Return the expression in Python's notation.

    A % after a number means hundredths, unless a number follows. Raises ToolFailed for "80 + 15%",
    which calculators and mathematics read differently.
    """
    parts = PART.findall(expression)
    read: list[str] = []
    for part, following in pairwise([*parts, ""]):
        if part == "%" and (following == "of" or not re.match(r"[\w.(]", following)):
            _make_hundredth(read, following)
        elif part == "of" and read and read[-1].endswith(HUNDREDTH):
            read.append("*")
        else:
            read.append(SPELLINGS.get(part, part))
    return " ".join(read)


def format_number(number: Decimal) -> str:
    """Return the number with at most 15 digits, whole numbers of up to 100 digits in full."""
    if number == number.to_integral_value() and number.adjusted() < MAX_WHOLE_DIGITS:
        return str(int(number))
    short = SHORT.plus(number).normalize(SHORT)
    return f"{short:f}" if short.adjusted() in PLAIN else f"{short:e}"


def _make_hundredth(read: list[str], following: str) -> None:
    if not read or not re.fullmatch(NUMBER, read[-1]):
        raise ToolFailed(gettext("Write % directly after a number."))
    if following in SUM_ENDS and _is_added(read):
        raise ToolFailed(
            gettext("Write what the percentage is of: “80 + 15% of 80”, or “80 * 1.15”.")
        )
    read[-1] = f"({read[-1]}{HUNDREDTH}"


def _is_added(read: list[str]) -> bool:
    """Return whether the last number is added to anything but 1 or another percentage."""
    if len(read) < 3 or read[-2] not in ("+", "-"):
        return False
    before = read[-3]
    return (before == ")" or re.match(r"\w|\.", before) is not None) and before != "1"
