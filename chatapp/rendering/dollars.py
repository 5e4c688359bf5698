"""Tell the dollar signs of formulas from those of prices, shell variables and tickers.

The engine takes any `$…$` without spaces at its inner edges for a formula, also across code spans.
Here a code span always wins, and a single `$…$` is a formula only if its content looks like TeX.
"""

import re
from collections.abc import Iterator

from chatapp.rendering.tex_check import looks_like_prose, looks_like_tex

MAX_FORMULA = 1_000  # characters of a `$…$`
MAX_DISPLAY = 10_000  # characters of a `$$…$$`

_SPECIAL = re.compile(r"[\\`$\n]")
_RUN = re.compile(r"(.)\1*", re.DOTALL)
_BLANK_LINE = re.compile(r"\n[ \t>]*\n")
# A line that may open or close a code fence: no code span goes beyond it.
_FENCE_LINE = re.compile(
    r"\n?[ \t>]*(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*(?:`{3,}[^`\n]*|~{3,}[^\n]*)(?=\n|\Z)"
)
_FORMULA = re.compile(
    rf"\$((?:[^$\\`\n]|\\.|\n(?![ \t>]*\n)){{1,{MAX_FORMULA}}}+)\$(?!\$)", re.DOTALL
)
_TWO_DOLLARS = re.compile(r"(?<!\$)\$\$(?!\$)")
# The `$n$th` element; any other letter behind a dollar sign makes it a variable's.
_ORDINAL = re.compile(r"(?:th|st|nd|rd|s|te[nrs]?|er?)\b")


def literal_dollars(text: str) -> Iterator[int]:
    """Yield the positions of the dollar signs that don't belong to a formula, in their order."""
    fence = _FENCE_LINE.match(text)
    position = fence.end() if fence else 0
    unclosed: set[int] = set()  # lengths of backtick runs that end nothing in this paragraph
    while special := _SPECIAL.search(text, position):
        start, position = special.start(), special.end()
        match special[0]:
            case "\\":
                position += 1
            case "\n":
                if fence := _FENCE_LINE.match(text, start):
                    position = fence.end()
                if fence or _BLANK_LINE.match(text, start):
                    unclosed.clear()
            case "`":
                position = _end_of_code(text, start, unclosed)
            case _:
                position, literal = _examine(text, start)
                yield from literal


def _end_of_code(text: str, start: int, unclosed: set[int]) -> int:
    """Return the position after a code span, or after backticks that open none."""
    end = _end_of_run(text, start)
    length = end - start
    if length not in unclosed:
        closing = re.compile(rf"(?<!`)`{{{length}}}(?!`)").search(text, end)
        if closing and not _BLANK_LINE.search(text, end, closing.start()):
            return closing.end()
        unclosed.add(length)
    return end


def _examine(text: str, start: int) -> tuple[int, list[int]]:
    """Return where to continue, and the literal dollar signs before that."""
    end = _end_of_run(text, start)
    match end - start:
        case 1:
            formula = _FORMULA.match(text, start)
            if formula and _is_formula(text, formula):
                return formula.end(), []
        case 2:
            return _examine_display(text, start, end)
    return end, list(range(start, end))


def _examine_display(text: str, start: int, end: int) -> tuple[int, list[int]]:
    closing = _TWO_DOLLARS.search(text, end, end + MAX_DISPLAY)
    if closing is None or _BLANK_LINE.search(text, end, closing.start()):
        return end, [start, start + 1]
    content = text[end : closing.start()]
    if "`" in content:  # the code span may begin inside and end outside
        return end, [start, start + 1]
    if looks_like_prose(content):
        return closing.end(), [start, start + 1, closing.start(), closing.start() + 1]
    return closing.end(), []


def _is_formula(text: str, formula: re.Match[str]) -> bool:
    before = text[max(formula.start() - 1, 0) : formula.start()]
    after = text[formula.end() : formula.end() + 8]
    content = formula[1]
    follows_amount = before.isdigit() or (before.isascii() and before.isalpha())
    if follows_amount and content[0] not in "^_\\":
        return False
    next_one = after[:1]
    if next_one.isdigit() or next_one == "{" or (next_one == "(" and content[0] == "("):
        return False
    continues = next_one == "_" or (next_one.isascii() and next_one.isalpha())
    return not (continues and not _ORDINAL.match(after)) and looks_like_tex(content)


def _end_of_run(text: str, start: int) -> int:
    run = _RUN.match(text, start)
    return run.end() if run else start
