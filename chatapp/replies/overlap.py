"""The overlap rule: text that the model repeats after an interruption isn't shown again."""

import re

SHORTEST_OVERLAP = 12  # characters; a shorter match is mostly chance
LONGEST_OVERLAP = 400

# Also after the marks of quotes and lists, where fences are indented by more than three spaces.
_FENCE_LINE = re.compile(
    r"""^(?P<indent>[ \t>]*(?P<bullets>(?:(?:[-+*]|\d{1,9}[.)])[ \t]+)*))
    (?P<marker>`{3,}|~{3,})(?P<info>.*)$""",
    re.MULTILINE | re.VERBOSE,
)


class OverlapFilter:
    """Joins a new text, which arrives in pieces, to a saved one.

    It drops the longest overlap between the end of the saved text and the start of the new one.
    When the saved text ends inside a code fence, it also drops a repeated opening line of that
    fence and an overlap after it. Everything else is joined as it is. Text is held back only while
    it can still become something to drop: at most about 400 characters.
    """

    def __init__(self, saved: str) -> None:
        self._tail = saved[-LONGEST_OVERLAP:]
        self._openings = _repeated_openings(saved)
        self._held = ""
        self._is_joined = False

    def feed(self, text: str) -> str:
        """Return what can be appended to the saved text now."""
        self._held += text
        while not self._is_joined and not self._may_repeat_more():
            self._join()
        return self._take()

    def flush(self) -> str:
        """Return the rest of the new text, which was held back."""
        while not self._is_joined:
            self._join()
        return self._take()

    def _take(self) -> str:
        if not self._is_joined:
            return ""
        text, self._held = self._held, ""
        return text

    def _may_repeat_more(self) -> bool:
        if any(opening.startswith(self._held) for opening in self._openings):
            return True
        # An overlap reaches from here to the end of the tail and has at least the minimum length.
        end = len(self._tail) - max(1, SHORTEST_OVERLAP - len(self._held))
        return self._held in self._tail[: max(end, 0)]

    def _join(self) -> None:
        """Drop what is repeated. An overlap may still follow a repeated opening line."""
        overlap = self._overlap()
        opening = max((len(o) for o in self._openings if self._held.startswith(o)), default=0)
        self._openings = ()
        self._held = self._held[max(overlap, opening) :]
        self._is_joined = overlap >= opening

    def _overlap(self) -> int:
        longest = min(len(self._held), len(self._tail))
        lengths = range(longest, SHORTEST_OVERLAP - 1, -1)
        return next((n for n in lengths if self._tail.endswith(self._held[:n])), 0)


def _repeated_openings(saved: str) -> tuple[str, ...]:
    """Return how the open fence might be opened again: its line as it is, or without its indent.

    Empty when the text ends outside a fence, or when that line would close the fence.
    """
    fence = _open_fence(saved)
    if fence is None:
        return ()
    line = fence["marker"] + fence["info"]
    if fence.end() < len(saved):
        if not fence["info"].strip():
            return ()
        line = line.rstrip() + "\n"
    return (line, " " * len(fence["indent"]) + line)


def _open_fence(text: str) -> re.Match[str] | None:
    """Return the line that opened the code fence in which the text ends, by the rules of
    CommonMark."""
    fence: re.Match[str] | None = None
    for line in _FENCE_LINE.finditer(text):
        if fence is None:
            fence = line if _opens(line) else None
        elif _closes(line, fence):
            fence = None
    return fence


def _opens(line: re.Match[str]) -> bool:
    return line["marker"][0] == "~" or "`" not in line["info"]


def _closes(line: re.Match[str], fence: re.Match[str]) -> bool:
    return (
        line["marker"].startswith(fence["marker"])
        and not line["info"].strip()
        and not line["bullets"]
        and len(line["indent"]) <= len(fence["indent"]) + 3
    )
