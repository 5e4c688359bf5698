"""Write CSV that a spreadsheet shows as text, whatever people chose as their names.

A cell that begins like a formula is calculated when the file is opened, and may send what is beside
it elsewhere (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import io
from collections.abc import Iterable

BYTE_ORDER_MARK = "\ufeff"  # without it Excel reads UTF-8 as something else
FORMULAS = tuple("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")  # the last four are wide ones


def cell(value: object) -> object:
    """Return what to write for a value: a text that would be a formula gets an apostrophe."""
    if not isinstance(value, str):
        return "" if value is None else value
    is_formula = value.startswith(FORMULAS) or value.lstrip().startswith(FORMULAS)
    return f"'{value}" if is_formula else value


def line(values: Iterable[object]) -> str:
    """Return one line of CSV, with its end."""
    text = io.StringIO()
    csv.writer(text).writerow([cell(value) for value in values])
    return text.getvalue()
