"""Take the thinking out of the text of servers that have no field for it.

Such a model begins its answer with `<think>` and ends its thoughts with `</think>`. Tags anywhere
else are text: people ask about them.
"""

from __future__ import annotations

import re
from typing import Literal

OPENING = re.compile(r"\s*<(think|thinking)>", re.IGNORECASE)
TAGS = ("<think>", "<thinking>")
MAX_BLANK_CHARACTERS = 64  # before a tag that may still come

Kind = Literal["text", "reasoning"]


class ThinkingTags:
    """Split the text of one answer, fed as it arrives, into thinking and text."""

    def __init__(self) -> None:
        self._state: Literal["start", "thinking", "after", "text"] = "start"
        self._held = ""  # text that may be part of a tag
        self._end = ""
        self._has_thought = False

    @property
    def are_over(self) -> bool:
        """Return whether all further text is text."""
        return self._state == "text"

    def feed(self, text: str) -> list[tuple[Kind, str]]:
        if self._state == "text":
            return [("text", text)]
        self._held += text
        pieces: list[tuple[Kind, str]] = []
        if self._state == "start":
            self._read_start()
        if self._state == "thinking":
            self._read_thinking(pieces)
        if self._state == "after":
            self._held = self._held.lstrip()
            self._state = "text" if self._held else "after"
        if self._state == "text" and self._held:
            pieces.append(("text", self._take(len(self._held))))
        return pieces

    def flush(self) -> list[tuple[Kind, str]]:
        """Return what was held back, at the end of the answer."""
        kind: Kind = "reasoning" if self._state == "thinking" else "text"
        held = self._take(len(self._held))
        return [(kind, held)] if held and self._state != "after" else []

    def end_start(self) -> None:
        """Read no more tags: the answer has begun in another way."""
        if self._state == "start":
            self._state = "text"

    def _read_start(self) -> None:
        if match := OPENING.match(self._held):
            self._end = f"</{match[1].lower()}>"
            self._take(match.end())
            self._state = "thinking"
        elif not self._may_become_tag():
            self._state = "text"

    def _may_become_tag(self) -> bool:
        begun = self._held.lstrip().lower()
        if not begun:
            return len(self._held) <= MAX_BLANK_CHARACTERS
        return any(tag.startswith(begun) for tag in TAGS)

    def _read_thinking(self, pieces: list[tuple[Kind, str]]) -> None:
        if not self._has_thought:
            self._held = self._held.lstrip()
            self._has_thought = bool(self._held)
        end = self._held.lower().find(self._end)
        if end >= 0:
            self._add(pieces, self._take(end))
            self._take(len(self._end))
            self._state = "after"
            return
        kept = next(n for n in range(len(self._end) - 1, -1, -1) if self._ends_with(self._end[:n]))
        self._add(pieces, self._take(len(self._held) - kept))

    def _ends_with(self, start: str) -> bool:
        return self._held.lower().endswith(start)

    def _add(self, pieces: list[tuple[Kind, str]], thought: str) -> None:
        if thought:
            pieces.append(("reasoning", thought))

    def _take(self, count: int) -> str:
        taken, self._held = self._held[:count], self._held[count:]
        return taken
