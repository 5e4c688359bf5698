"""Cells of CSV files that a spreadsheet doesn't take for formulas."""

# A spreadsheet runs what begins with one of these, also after white space (OWASP, CSV injection).
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def escape(cell: str) -> str:
    """Return a cell with an apostrophe in front if it would be read as a formula."""
    is_formula = cell.startswith(STARTS) or cell.lstrip().startswith(STARTS)
    return f"'{cell}" if is_formula else cell
