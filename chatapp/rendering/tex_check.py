"""Judge whether the text between two dollar signs is a formula or prose."""

import re
from itertools import pairwise

_COMMAND = re.compile(r"\\(?:[A-Za-z]+|[{}|,;:!%$ ])")
# What says nothing about words: texts in indexes, and the arguments of a function.
_INDEX = re.compile(r"[_^]\{[^{}]*\}|[_^]\\?[A-Za-z0-9]+")
_APPLIED = re.compile(r"(?<![A-Za-z])[A-Za-z]\([^()]*\)")
_FUNCTIONS = frozenset(
    {
        *("sin", "cos", "tan", "cot", "sec", "csc", "sinh", "cosh", "tanh", "arcsin"),
        *("arccos", "arctan", "log", "ln", "lg", "exp", "min", "max", "sup", "inf", "lim"),
        *("gcd", "lcm", "det", "dim", "ker", "deg", "arg", "mod", "rank", "tr", "span"),
        *("var", "cov", "sgn"),
    }
)
_WORD = re.compile(r"[A-Za-z]+")
_IDENTIFIER = re.compile(r"[A-Za-z]{2,}_[A-Za-z]{2,}")
# Of code, links, quotations and emphasis.
_FOREIGN = re.compile(
    r"==|=>|->|::|&&|\|\||//|\*\*|[\"#@?“”„«»‘’…–—€£¥₹、。，；：（）！？《》「」·]"
)
_NOT_AT_START = frozenset(",.;:!?)]}/*'%&")
_PATH_ENDS = frozenset("/=,:;&~([{%")  # $HOME\Desktop;$X
_NOT_AT_END = _PATH_ENDS | frozenset("-+*<>")
_RELATION = re.compile(r"\s[-=<>≤≥≈≠+*/]\s")
_SIGNS = re.compile(r"[\\^_={}+<>0-9]")
_PLAIN_WORD = re.compile(r"[^\W\d_]{2,}")


def looks_like_tex(content: str) -> bool:
    """Return whether the content of a single `$…$` is a formula."""
    if content[0].isspace() or content[-1].isspace():
        return False
    if len(content) == 1:
        return content.isalnum() or content in "+-=<>±×÷≤≥≠≈∞→∈"
    has_command = _COMMAND.search(content) is not None
    ends_open = content[-1] in (_PATH_ENDS if has_command else _NOT_AT_END)
    if (ends_open and content[-2] not in "\\^_") or content[0] in _NOT_AT_START:
        return False
    if has_command:
        return True
    has_loose_bar = "|" in (content[0], content[-1]) and content.count("|") % 2 > 0
    if _FOREIGN.search(content) or not _is_balanced(content) or has_loose_bar:
        return False
    return not _IDENTIFIER.search(content) and not _has_prose(content)


def looks_like_prose(content: str) -> bool:
    """Return whether the content of a `$$…$$` is a word or more without any sign of a formula."""
    words = _PLAIN_WORD.findall(content)
    is_apart = content.startswith(" ") and content.endswith(" ")
    return not _SIGNS.search(content) and len(words) > (0 if is_apart else 1)


def _is_balanced(content: str) -> bool:
    """Return whether each bracket ends; a half-open interval `[0, 1)` is balanced too."""
    depth = 0
    for character in content:
        depth += (character in "([{") - (character in ")]}")
        if depth < 0:
            return False
    return depth == 0


def _has_prose(content: str) -> bool:
    bare = _APPLIED.sub("f", _INDEX.sub("", content))
    has_relation = _RELATION.search(bare) is not None
    if any(_is_foreign_letter(character) for character in bare) and not has_relation:
        return True
    return any(_is_prose_word(bare, word, has_relation) for word in _WORD.finditer(bare))


def _is_foreign_letter(character: str) -> bool:
    """Return whether this is a letter of no formula: neither Latin, Greek nor a symbol."""
    is_formula_letter = "\u0370" <= character <= "\u03ff" or "\u2100" <= character <= "\u214f"
    is_styled = "\U0001d400" <= character <= "\U0001d7ff"
    return character.isalpha() and not (character.isascii() or is_formula_letter or is_styled)


def _is_prose_word(bare: str, word: re.Match[str], has_relation: bool) -> bool:
    text = word[0]
    is_differential = text[0] == "d" and len(text) == 2
    if len(text) == 1 or text in _FUNCTIONS or is_differential:
        return False
    before, after = bare[: word.start()], bare[word.end() :]
    touches_before = before[-1:].isspace() and before.rstrip()[-1:].isalnum()
    touches_after = after[:1].isspace() and after.lstrip()[:1].isalnum()
    is_unit = before.rstrip()[-1:].isdigit() and len(text) == 2 and not touches_after
    if (touches_before or touches_after) and not is_unit:
        return True
    # ABCD is a square; a longer word alone is the name of a variable or a ticker.
    is_sequence = all(one < two for one, two in pairwise(text))
    return len(text) > 3 and not is_sequence and not has_relation
