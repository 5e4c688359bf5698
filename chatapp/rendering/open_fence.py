"""Render an open code fence at the top level, while its lines arrive."""

import re

from chatapp.rendering.code import CLOSING, opening
from chatapp.rendering.growing_block import GrowingBlock
from chatapp.rendering.nested_fences import LANGUAGES, MAX_LINE, InnerFences, fence_in


class OpenFence(GrowingBlock):
    def __init__(self, marker: str, language: str) -> None:
        super().__init__(opening(language), CLOSING)
        self.language = language
        self._inner = InnerFences(marker, is_file=language in LANGUAGES)
        self._partial_fence = re.compile(rf"[ ]{{0,3}}{marker[0]}*[ \t]*\n?")
        self._line = ""
        self._is_inside_line = False

    @property
    def held(self) -> str:
        """Return the beginning of a line that may still close the fence; it isn't shown."""
        return "" if self._is_inside_line else self._line

    def add(self, fragment: str) -> bool:
        """Add source up to the end of a line at most; return True when it closed the fence."""
        if self._is_inside_line:
            self.show(fragment)
        if len(self._line) <= MAX_LINE:
            self._line += fragment
        if not self._is_inside_line and not self._partial_fence.fullmatch(self._line):
            self._is_inside_line = True
            self.show(self._line)
        return fragment.endswith("\n") and self._end_line()

    def _end_line(self) -> bool:
        held, line = self.held, self._line.removesuffix("\n")
        self._line, self._is_inside_line = "", False
        fence = fence_in(line)
        is_code = fence is None or len(fence["before"]) > 3
        if fence and not is_code and self._inner.closes(fence["marker"], fence["info"]):
            return True
        if held:
            self.show(held)
        return False
