"""Where the open end of a growing reply can be cut: before it is finished, after it is not.

The rules read source lines only to find candidates; the engine itself confirms each cut, so
there is no second opinion on what markdown means. Every answer depends on the text alone, never
on how it was divided on its way here.
"""

import re
from typing import NamedTuple

from chatapp.rendering.code import language_name
from chatapp.rendering.markdown import FOOTNOTES_START, render_blocks

# After the engine refused a cut it is asked again when the chunk has grown by this fraction:
# work stays in proportion to the text however many candidates a long comment or fence has.
_RETRY_GROWTH = 1 / 8

_PROBE = "probe\n"
_PROBE_PARAGRAPH = "<p>probe</p>"
_PROBE_FENCE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>probe\n</code></pre>')

UNDECIDED = re.compile(r"[-+*]|\d{1,9}[.)]?")
_LIST_ITEM = re.compile(r"[ ]{0,3}(?:[-+*]|\d{1,9}[.)])[ \t\n]")
_FENCE = re.compile(r"(`{3,})[^`\n]*\n|(~{3,}).*\n")


class FenceStart(NamedTuple):
    """A fence that opened at the top level."""

    marker: str
    language: str


class Chunk:
    """The source that one more line may still change, usually one paragraph, list or table."""

    def __init__(self) -> None:
        self._lines = ""
        self._line = ""
        self._is_line_examined = False
        self._has_list = False
        self._may_end = False
        self._retry_size = self._fence_retry_size = 0

    @property
    def source(self) -> str:
        return self._lines + self._line

    @property
    def size(self) -> int:
        return len(self._lines) + len(self._line)

    @property
    def is_decided(self) -> bool:
        """Whether it is known that the current line belongs to this chunk."""
        return self._is_line_examined or not self._line

    @property
    def has_list(self) -> bool:
        return self._has_list or is_list_item(self._line)

    def add(self, fragment: str) -> list[str]:
        """Take source up to the end of a line at most; the raw blocks that are finished by it."""
        self._line += fragment
        finished: list[str] = []
        if not self._is_line_examined and not UNDECIDED.fullmatch(self._line):
            self._is_line_examined = True
            finished = self._cut_before_line()
        return finished

    def end_line(self) -> FenceStart | None:
        """Close the current line if it is complete; the fence that it opens, if it does."""
        if not self._line.endswith("\n"):
            return None
        fence = self._opened_fence()
        if fence is None:
            self._keep_line()
        return fence

    def finish(self) -> list[str]:
        """The raw blocks of the complete lines before the current one; they are forgotten."""
        finished = live_blocks(self._lines)
        self._lines = ""
        self._has_list = self._may_end = False
        self._retry_size = self._fence_retry_size = 0
        return finished

    def _cut_before_line(self) -> list[str]:
        is_item = is_list_item(self._line)
        starts_block = not self._line[0].isspace() and not (is_item and self._has_list)
        if self._may_end and starts_block and self._is_finished(is_item):
            return self.finish()
        else:
            return []

    def _is_finished(self, is_item: bool) -> bool:
        """Whether the engine agrees that a line at the margin begins something new."""
        if not self._lines.strip():
            return True
        if len(self._lines) < self._retry_size:
            return False
        *before, last = live_blocks(self._lines + _PROBE) or [""]
        previous = before[-1] if before else ""
        continues = (is_item and previous.startswith(("<ul", "<ol"))) or (
            self._line.startswith("<") and previous != "" and not previous.startswith("<")
        )
        if last == _PROBE_PARAGRAPH and not continues:
            return True
        self._retry_size = self._size_to_ask_again
        return False

    @property
    def _size_to_ask_again(self) -> int:
        return len(self._lines) + int(len(self._lines) * _RETRY_GROWTH)

    def _opened_fence(self) -> FenceStart | None:
        marker = _FENCE.fullmatch(self._line)
        if marker is None or len(self._lines) < self._fence_retry_size:
            return None
        blocks = live_blocks(self._lines + self._line + _PROBE)
        block = _PROBE_FENCE.fullmatch(blocks[-1]) if blocks else None
        if block is None:
            self._fence_retry_size = self._size_to_ask_again
            return None
        return FenceStart(marker[1] or marker[2], language_name(block[1] or ""))

    def _keep_line(self) -> None:
        is_blank = not self._line.strip(" \t\n")
        self._may_end = is_blank or self._line.startswith("#")
        self._has_list = self.has_list
        if self._lines or not is_blank:  # blank lines at the beginning mean nothing
            self._lines += self._line
        self._line = ""
        self._is_line_examined = False


def is_list_item(line: str) -> bool:
    return _LIST_ITEM.match(line) is not None


def live_blocks(source: str) -> list[str]:
    """Raw blocks of a part of a reply; footnotes wait for the whole."""
    blocks = render_blocks(source)
    if blocks and blocks[-1].startswith(FOOTNOTES_START):
        blocks.pop()
    return blocks
