"""CSV: nothing that people name becomes a formula, and what isn't one stays as it is."""

import csv
import io

import pytest

from chatapp.server import csv_cells


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "＝1+1", "|cmd", "%1"],
)
def test_a_text_that_would_be_a_formula_stays_text(text: str) -> None:
    assert csv_cells.cell(text) == f"'{text}"


@pytest.mark.parametrize("value", ["Anna", "a=b", "", 5, -5, 1.5])
def test_other_values_stay_as_they_are(value: object) -> None:
    assert csv_cells.cell(value) == value


def test_a_line_is_read_back_with_quotes_commas_and_line_ends() -> None:
    values = ['a "quoted" word', "one, two", "two\nlines", ""]

    written = csv_cells.line([*values, None])

    assert list(csv.reader(io.StringIO(written, newline=""))) == [[*values, ""]]
