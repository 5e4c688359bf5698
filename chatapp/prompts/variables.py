r"""Variables in a prompt: `{{topic}}`, or `{{language=English}}` with a default.

Values are put in their place and never evaluated. A name begins with a letter or a digit and has
letters, digits, spaces, hyphens and underscores. Braces with anything else between them are text,
so templates of other programs stay as they are. A backslash before the braces makes text of a
variable, too: `\{{topic}}` becomes `{{topic}}`. Of backslashes there, and only there, each two
become one: `\\{{topic}}` is a backslash and a value.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_VARIABLES = 20  # of a prompt
# No part of it can match the same characters in two ways, so a hostile text costs no more than any.
VARIABLE = re.compile(
    r"(?<!\\)(?P<slashes>\\*)"
    r"(?P<braces>\{\{[ \t]*(?P<name>[^\W_][\w -]{0,39})(?:=(?P<default>[^{}]*))?\}\})"
)


@dataclass(frozen=True, slots=True)
class Variable:
    name: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class ParsedText:
    """A text in parts: each is text as it is inserted, or the index of a variable."""

    parts: tuple[str | int, ...]
    variables: tuple[Variable, ...]

    def fill(self, values: Sequence[str]) -> str:
        """Return the text with these values, one for each variable."""
        return "".join(each if isinstance(each, str) else values[each] for each in self.parts)


def parse(text: str) -> ParsedText:
    """Find the variables. One that occurs again is the same, whatever its case; its first default
    counts."""
    parts: list[str | int] = []
    names: dict[str, int] = {}
    variables: list[Variable] = []
    end = 0
    for match in VARIABLE.finditer(text):
        slashes = len(match["slashes"])
        parts.append(text[end : match.start()] + "\\" * (slashes // 2))
        end = match.end()
        if slashes % 2:
            parts.append(match["braces"])
            continue
        found = Variable(" ".join(match["name"].split()), (match["default"] or "").strip())
        index = names.setdefault(found.name.casefold(), len(variables))
        if index == len(variables):
            variables.append(found)
        elif not variables[index].default:
            variables[index] = Variable(variables[index].name, found.default)
        parts.append(index)
    parts.append(text[end:])
    return ParsedText(_joined(parts), tuple(variables))


def escape(text: str) -> str:
    """Return a prompt that inserts exactly this text."""
    return VARIABLE.sub(
        lambda match: "\\" * (2 * len(match["slashes"]) + 1) + match["braces"], text
    )


def _joined(parts: list[str | int]) -> tuple[str | int, ...]:
    """Join texts that are side by side, and drop empty ones."""
    joined: list[str | int] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return tuple(joined)
