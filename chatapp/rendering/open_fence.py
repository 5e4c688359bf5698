"""Render an open code fence at the top level, while its lines arrive."""

import re

from chatapp.rendering.code import CLOSING, opening
from chatapp.rendering.growing_block import GrowingBlock


class OpenFence(GrowingBlock):
    def __init__(self, marker: str, language: str) -> None:
        super().__init__(opening(language), CLOSING)
        self.language = language
        self._closing_line = re.compile(rf"[ ]{{0,3}}{marker}{marker[0]}*[ \t]*\n")
        self._partial_closing = re.compile(rf"[ ]{{0,3}}{marker[0]}*[ \t]*")
        self._line = ""
        self._is_inside_line = False

    @property
    def held(self) -> str:
        """Return the beginning of a line that may still close the fence; it isn't shown."""
        return self._line

    def add(self, fragment: str) -> bool:
        """Add source up to the end of a line at most; return True when it closed the fence."""
        if self._is_inside_line:
            self._show_line(fragment)
        else:
            self._line += fragment
            if self._closing_line.fullmatch(self._line):
                self._line = ""
                return True
            if not self._partial_closing.fullmatch(self._line):
                self._show_line(self._line)
                self._line = ""
        return False

    def _show_line(self, text: str) -> None:
        self._is_inside_line = not text.endswith("\n")
        self.show(text)
