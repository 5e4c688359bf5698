"""Find where the open end of a streaming reply may be split: text before it no longer changes.

The rules only find candidates in the source lines. The engine itself confirms each split, so
there is only one interpretation of Markdown. The result depends on the text alone, never on how
it was divided among appends.
"""

import re
from typing import NamedTuple

from chatapp.rendering.code import language_name
from chatapp.rendering.markdown import FOOTNOTES_START, render_blocks

# After a refused split the engine is asked again when the chunk has grown by this fraction, so the
# work stays in proportion to the text even if a long comment or fence has many candidates.
_RETRY_GROWTH = 1 / 8

_PROBE = "probe\n"
_PROBE_PARAGRAPH = "<p>probe</p>"
_PROBE_FENCE = re.compile(r'<pre><code(?: class="language-([^"]*)")?>probe\n</code></pre>')

UNDECIDED = re.compile(r"[-+*]|\d{1,9}[.)]?")
_LIST_ITEM = re.compile(r"[ ]{0,3}(?:[-+*]|\d{1,9}[.)])[ \t\n]")
_FENCE = re.compile(r"(`{3,})[^`\n]*\n|(~{3,}).*\n")


class FenceStart(NamedTuple):
    """Hold the marker and language of a fence that opened at the top level."""

    marker: str
    language: str


class Chunk:
    """Hold the source that one more line may still change: a paragraph, list or table."""

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
        """Return whether the current line is known to belong to this chunk."""
        return self._is_line_examined or not self._line

    @property
    def has_list(self) -> bool:
        return self._has_list or is_list_item(self._line)

    def add(self, fragment: str) -> list[str]:
        """Add source up to the end of a line at most; return the raw blocks that it finishes."""
        self._line += fragment
        finished: list[str] = []
        if not self._is_line_examined and not UNDECIDED.fullmatch(self._line):
            self._is_line_examined = True
            finished = self._split_before_line()
        return finished

    def end_line(self) -> FenceStart | None:
        """Close the current line if it is complete; return the fence that it opens, if any."""
        if not self._line.endswith("\n"):
            return None
        fence = self._opened_fence()
        if fence is None:
            self._keep_line()
        return fence

    def finish(self) -> list[str]:
        """Remove the complete lines before the current one, and return their raw blocks."""
        finished = live_blocks(self._lines)
        self._lines = ""
        self._has_list = self._may_end = False
        self._retry_size = self._fence_retry_size = 0
        return finished

    def _split_before_line(self) -> list[str]:
        is_item = is_list_item(self._line)
        starts_block = not self._line[0].isspace() and not (is_item and self._has_list)
        if self._may_end and starts_block and self._is_finished(is_item):
            return self.finish()
        else:
            return []

    def _is_finished(self, is_item: bool) -> bool:
        """Return whether the engine confirms that the current line begins a new block."""
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
        self._retry_size = self._next_retry_size
        return False

    @property
    def _next_retry_size(self) -> int:
        return len(self._lines) + int(len(self._lines) * _RETRY_GROWTH)

    def _opened_fence(self) -> FenceStart | None:
        marker = _FENCE.fullmatch(self._line)
        if marker is None or len(self._lines) < self._fence_retry_size:
            return None
        blocks = live_blocks(self._lines + self._line + _PROBE)
        block = _PROBE_FENCE.fullmatch(blocks[-1]) if blocks else None
        if block is None:
            self._fence_retry_size = self._next_retry_size
            return None
        return FenceStart(marker[1] or marker[2], language_name(block[1] or ""))

    def _keep_line(self) -> None:
        is_blank = not self._line.strip(" \t\n")
        self._may_end = is_blank or self._line.startswith("#")
        self._has_list = self.has_list
        if self._lines or not is_blank:  # blank lines at the beginning are ignored
            self._lines += self._line
        self._line = ""
        self._is_line_examined = False


def is_list_item(line: str) -> bool:
    return _LIST_ITEM.match(line) is not None


def live_blocks(source: str) -> list[str]:
    """Return the raw blocks of a part of a reply, without footnotes, which need the whole reply."""
    blocks = render_blocks(source)
    if blocks and blocks[-1].startswith(FOOTNOTES_START):
        blocks.pop()
    return blocks
