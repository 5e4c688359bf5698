"""Read a Markdown file in a code fence that has code fences of the same length itself.

By the standard the first closing fence ends the file. Models seldom write the longer outer fence
that would help, so a fence that names a language is taken to open an inner one.
"""

import re

LANGUAGES = frozenset({"markdown", "md", "mdx"})

MAX_LINE = 200  # characters of a line with a fence

_HAS_FILE = re.compile(r"(?:`{3}|~{3})[ \t]*(?:markdown|mdx?)\b", re.IGNORECASE)
_FENCE = re.compile(
    r"(?P<before>(?:[ \t>]|[-+*][ \t]|\d{1,9}[.)][ \t])*)"
    r"(?P<marker>`{3,}|~{3,})[ \t]*(?P<info>[^\n]*?)[ \t]*"
)
_LANGUAGE = re.compile(r"[\w+#.-]*")
# Files that never end, each of which is searched to the end of the text.
_MAX_UNENDED = 3


class InnerFences:
    """Follow the fences of a Markdown file that is in a fence itself."""

    def __init__(self, marker: str, *, is_file: bool = True) -> None:
        self._marker = marker
        self._is_file = is_file  # otherwise it is code without inner fences
        self._inner = 0  # length of the inner fence that is open
        self.longest = 0  # length of the longest inner fence so far

    def closes(self, marker: str, info: str) -> bool:
        """Take the next fence of the file; return True if it closes the file."""
        length = len(marker)
        if marker[0] != self._marker[0]:
            return False
        if info:
            if self._is_file:
                self._inner = self._inner or length
                self.longest = max(self.longest, length)
            return False
        if self._inner:
            self._inner = 0 if length >= self._inner else self._inner
            return False
        return length >= len(self._marker)


def widen(text: str) -> str:
    """Lengthen the fences around Markdown files, as far as they would end too early.

    A file that never ends is left to the standard.
    """
    if not _HAS_FILE.search(text):
        return text
    lines = text.split("\n")
    position = unended = 0
    while position < len(lines) and unended < _MAX_UNENDED:
        opening = fence_in(lines[position])
        if opening is None:
            position += 1
        elif language_of(opening["info"]) in LANGUAGES and (
            end := _widen_file(lines, position, opening)
        ):
            position = end
        else:
            unended += language_of(opening["info"]) in LANGUAGES
            position = _end_of_code(lines, position, opening["marker"])
    return "\n".join(lines)


def fence_in(line: str) -> re.Match[str] | None:
    """Return the groups before, marker and info if this line may open or close a fence."""
    if len(line) > MAX_LINE or ("```" not in line and "~~~" not in line):
        return None
    fence = _FENCE.fullmatch(line)
    return None if fence and fence["marker"][0] == "`" and "`" in fence["info"] else fence


def language_of(info: str) -> str:
    name = _LANGUAGE.match(info)
    return name[0].lower() if name else ""


def _widen_file(lines: list[str], first: int, opening: re.Match[str]) -> int:
    """Lengthen the two fences of one file, if it has inner ones.

    Return the line after the file, 0 if it doesn't end.
    """
    inner = InnerFences(opening["marker"])
    indent = len(opening["before"])
    for number in range(first + 1, len(lines)):
        line = lines[number]
        if line.strip() and line[:indent].strip(" \t>"):
            break  # the list item or quote around the fence has ended
        fence = fence_in(line)
        if fence and inner.closes(fence["marker"], fence["info"]):
            if inner.longest:
                added = opening["marker"][0] * max(1, inner.longest + 1 - len(opening["marker"]))
                lines[first] = _longer(lines[first], opening, added)
                lines[number] = _longer(line, fence, added)
            return number + 1
    return 0


def _end_of_code(lines: list[str], first: int, marker: str) -> int:
    for number in range(first + 1, len(lines)):
        fence = fence_in(lines[number])
        if fence and not fence["info"] and fence["marker"].startswith(marker):
            return number + 1
    return len(lines)


def _longer(line: str, fence: re.Match[str], added: str) -> str:
    return line[: fence.start("marker")] + added + line[fence.start("marker") :]
